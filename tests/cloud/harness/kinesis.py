"""A stand-in for the Kinesis stream that is forwarded to, named as such: it answers PutRecords and refuses what Kinesis would refuse (the local AWS
checks none of the limits)."""

import base64

from .intake import Intake

# "Each PutRecords request can support up to 500 records", "up to a limit of 10 MiB for the entire request, including partition keys", and a stream takes
# records of 1 MiB, key included, unless it is set to take larger ones. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
# https://docs.aws.amazon.com/streams/latest/dev/large-records.html
RECORDS_LIMIT, RECORD_LIMIT, CALL_LIMIT, KEY_LIMIT = 500, 1 << 20, 10 << 20, 256


class KinesisIntake(Intake):
    """Keeps (stream, partition key, bytes)."""

    def put(self, call):
        records = [(record["PartitionKey"], base64.b64decode(record["Data"], validate=True)) for record in call["Records"]]
        sizes = [len(key.encode()) + len(data) for key, data in records]
        problem = None
        if not 0 < len(records) <= RECORDS_LIMIT:
            problem = f"{len(records)} records"
        elif max(sizes) > RECORD_LIMIT:
            problem = f"a record of {max(sizes)} bytes"
        elif sum(sizes) > CALL_LIMIT:
            problem = f"{sum(sizes)} bytes in one call"
        elif not all(0 < len(key) <= KEY_LIMIT for key, _data in records):
            problem = "a partition key that is empty or too long"
        if problem:
            return self.refuse("ValidationException", problem)
        first = len(self.taken)
        self.taken.extend((call.get("StreamName") or call["StreamARN"], key, data) for key, data in records)
        return 200, {"FailedRecordCount": 0, "Records": [
            {"SequenceNumber": str(first + index), "ShardId": "shardId-000000000000"} for index in range(len(records))]}
