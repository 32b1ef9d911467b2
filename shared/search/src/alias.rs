//! Names that a field had, or has in AWS's words, beside the one that it is stored under: a server takes them in queries and panels
//! for the field itself, so a value is stored once.
//!
//! <https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/field-alias>,
//! <https://docs.opensearch.org/latest/mappings/supported-field-types/alias/>

use logweir_log_formats::Dataset;
use logweir_log_formats::vpc_flow::Field as Column;

use crate::field::Field;

/// Whether a column of a flow log is in fields of the Elastic Common Schema alone.
pub(crate) fn is_elsewhere(column: Column) -> bool {
    // Seconds would be another time in a field of dates, so these two have no other name.
    matches!(column, Column::Start | Column::End) || of_column(column).is_some()
}

/// The field of the Elastic Common Schema that a column of a flow log is another name of: that of the same type.
fn of_column(column: Column) -> Option<Field> {
    Some(match column {
        Column::SourceAddress => Field::SourceIp,
        Column::DestinationAddress => Field::DestinationIp,
        Column::SourcePort => Field::SourcePort,
        Column::DestinationPort => Field::DestinationPort,
        Column::Packets => Field::NetworkPackets,
        Column::Bytes => Field::NetworkBytes,
        Column::InstanceId => Field::CloudInstanceId,
        Column::Region => Field::CloudRegion,
        Column::FlowDirection => Field::NetworkDirection,
        Column::RejectReason => Field::EventReason,
        _ => return None,
    })
}

/// The other names of a dataset's fields.
pub(crate) fn of_dataset(dataset: Dataset) -> Vec<(String, Field)> {
    match dataset {
        Dataset::VpcFlow => {
            let column = |column: &Column| {
                Some((format!("aws.vpcflow.{}", column.name().replace('-', "_")), of_column(*column)?))
            };
            // A flow log counts what left the source: it is all that is known of the network, too.
            let sent = [("source.bytes", Field::NetworkBytes), ("source.packets", Field::NetworkPackets)]
                .map(|(name, field)| (name.to_owned(), field));
            Column::ALL.iter().filter_map(column).chain(sent).collect()
        }
        // A function's lines may be logged elsewhere than in its own group, but are of this dataset.
        Dataset::Lambda => [
            ("aws.lambda.request_id", Field::FaasExecution),
            ("aws.lambda.function_name", Field::FaasName),
            ("aws.lambda.function_version", Field::FaasVersion),
            ("aws.lambda.error_type", Field::ErrorType),
            ("aws.lambda.error_message", Field::ErrorMessage),
        ]
        .map(|(name, field)| (name.to_owned(), field))
        .into(),
        _ => Vec::new(),
    }
}
