/** A series and its samples. */
export interface PastSeries {
  /** With `__name__`, and every label that Prometheus gives such a series when it scrapes it. */
  readonly labels: Readonly<Record<string, string>>;
  /** In milliseconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly value: (at: number) => number;
}

/** So many samples go in one request. */
const BATCH = 200_000;

/** Writes samples into a running Prometheus, as old as its out-of-order window (the lab's is 15 days) or newer. */
export async function writeSeries(prometheus: { readonly url: string }, series: Iterable<PastSeries>): Promise<void> {
  let batch: PastSeries[] = [];
  let size = 0;
  for (const one of series) {
    batch.push(one);
    size += one.times.length;
    if (size < BATCH) continue;
    await send(prometheus.url, batch);
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) await send(prometheus.url, batch);
}

async function send(url: string, batch: readonly PastSeries[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-protobuf',
      'Content-Encoding': 'snappy',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
    },
    body: snappy(Buffer.concat(batch.map(encodeSeries))),
  });
  if (!response.ok) throw new Error(`Prometheus took no samples: ${response.status} ${await response.text()}`);
}

/**
 * One `timeseries` of a WriteRequest (prompb/types.proto, remote write 1.0), written by hand: three messages of two
 * fields each are less than a protobuf library.
 */
function encodeSeries(series: PastSeries): Buffer {
  const names = Object.entries(series.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const label = ([name, value]: [string, string]) => field(1, Buffer.concat([text(1, name), text(2, value)]));
  return field(1, Buffer.concat([...names.map(label), encodeSamples(series)]));
}

/** A sample is as long as any other: a double, and a time that needs six bytes until the year 2109. */
const SAMPLE_BYTES = 18;

function encodeSamples({ times, value }: PastSeries): Buffer {
  const out = Buffer.alloc(times.length * SAMPLE_BYTES);
  times.forEach((at, i) => {
    const start = i * SAMPLE_BYTES;
    out[start] = (2 << 3) | 2;
    out[start + 1] = SAMPLE_BYTES - 2;
    out[start + 2] = (1 << 3) | 1;
    out.writeDoubleLE(value(at), start + 3);
    out[start + 11] = (2 << 3) | 0;
    varint(at).copy(out, start + 12);
  });
  return out;
}

const text = (number: number, value: string) => field(number, Buffer.from(value));

/** A field of bytes. */
const field = (number: number, bytes: Buffer) =>
  Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);

/** Seven bits a byte, the low ones first; by division, since a time in milliseconds has more than 32 bits. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.round(value);
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** Snappy's block format with nothing compressed: the length, and the whole as one literal with a length of 4 bytes. */
function snappy(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(5);
  head[0] = 63 << 2;
  head.writeUInt32LE(bytes.length - 1, 1);
  return new Uint8Array(Buffer.concat([varint(bytes.length), head, bytes]));
}
