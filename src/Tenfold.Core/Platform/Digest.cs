namespace Tenfold.Core.Platform;

/// <summary>SHA-256 digests as text.</summary>
public static class Digest
{
    /// <summary>True for 64 lower-case hexadecimal digits.</summary>
    public static bool IsSha256(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);
}
