namespace Tenfold.Aws.S3;

/// <summary>The received or stored bytes don't have the checksum of the bytes that were sent.</summary>
internal sealed class DamagedException(string what) : IOException(what);
