namespace Tenfold.Aws.S3;

/// <summary>The bytes that arrived, or that are stored, have another checksum than the bytes that were sent.</summary>
internal sealed class DamagedException(string what) : IOException(what);
