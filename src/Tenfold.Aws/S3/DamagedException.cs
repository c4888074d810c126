namespace Tenfold.Aws.S3;

/// <summary>What came over the wire is not what was sent, or not what is stored: its checksum is another one.</summary>
internal sealed class DamagedException(string what) : IOException(what);
