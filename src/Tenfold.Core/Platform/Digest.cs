using System.Security.Cryptography;

namespace Tenfold.Core.Platform;

/// <summary>SHA-256 digests as text.</summary>
public static class Digest
{
    /// <summary>The SHA-256 of a file's content.</summary>
    /// <exception cref="IOException">The file can't be read, or is a pipe or a device.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static string OfFile(string path)
    {
        using var file = PlainFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>True for 64 lower-case hexadecimal digits.</summary>
    public static bool IsSha256(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);
}
