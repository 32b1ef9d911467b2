// The usual way: gunzip, parse, build objects, stringify. Payloads in base64 on standard input, a line each; the fastest round's seconds on
// standard output.
const zlib = require('zlib');
const payloads = require('fs').readFileSync(0, 'latin1').split('\n');
const access = /^(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+) HTTP\/([\d.]+)" (\d{3}) (\d+|-)(?: "([^"]*)" "([^"]*)")?/;
const levels = /\b(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b/;
const traceparent = /\b[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b/;
const xray = /\b1-[0-9a-f]{8}-[0-9a-f]{24}\b/;

function build(payload, event) {
  const time = new Date(event.timestamp);
  const document = {
    '@timestamp': time.toISOString(),
    message: event.message,
    cloud: { provider: 'aws', account: { id: payload.owner } },
    event: { dataset: 'app', id: event.id },
    aws: { cloudwatch: { log_group: payload.logGroup, log_stream: payload.logStream } },
  };
  let match;
  const brace = event.message.indexOf('{');
  if (brace >= 0) {
    try {
      document.json = JSON.parse(event.message.substring(brace));
      document.log = { level: document.json.level };
    } catch {}
  } else if ((match = access.exec(event.message))) {
    document.event.dataset = 'access';
    document.source = { address: match[1], ip: match[1] };
    document.http = {
      version: match[7],
      request: { method: match[5], referrer: match[10] },
      response: { status_code: Number(match[8]), body: { bytes: Number(match[9]) } },
    };
    document.url = { original: match[6], path: match[6].split('?')[0] };
    document.user_agent = { original: match[11] };
  } else if ((match = levels.exec(event.message))) {
    document.log = { level: match[1].toLowerCase() };
  }
  if ((match = traceparent.exec(event.message))) document.trace = { id: match[1] };
  else if ((match = xray.exec(event.message))) document.trace = { id: match[0] };
  const day = document['@timestamp'].substring(0, 10).replace(/-/g, '.');
  const action = { create: { _index: `cwl-${document.event.dataset}-${day}`, _id: event.id } };
  return JSON.stringify(action) + '\n' + JSON.stringify(document) + '\n';
}

let fastest = Infinity;
for (let round = 0; round < Number(process.argv[1]); round++) {
  const start = process.hrtime.bigint();
  let bytes = 0;
  for (const data of payloads) {
    const payload = JSON.parse(zlib.gunzipSync(Buffer.from(data, 'base64')).toString('utf8'));
    let body = '';
    for (const event of payload.logEvents) body += build(payload, event);
    bytes += Buffer.from(body, 'utf8').length;
  }
  fastest = Math.min(fastest, Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(fastest);
