using System.Security.Cryptography;

namespace Tenfold.Core.Platform;

/// <summary>Secret keys in the files of a home folder. Each key is for one purpose, and is made when it is first needed.</summary>
public static class HomeKey
{
    private const int Bytes = 32;

    /// <summary>Reads a key of a home folder, and makes it first when there is none.</summary>
    /// <param name="home">The folder to which Tenfold writes.</param>
    /// <param name="file">The name of the key's file.</param>
    /// <returns>The key, lower hexadecimal; null when the folder can't be written.</returns>
    public static string? ReadOrCreate(string home, string file)
    {
        var path = Path.Combine(home, file);
        try
        {
            if (Read(path) is { } known) return known;
            var temporary = $"{path}.{Guid.NewGuid():N}";
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            try
            {
                using (var writer = new StreamWriter(temporary, options))
                    writer.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes)));
                // Another process may have made the key since. Its key counts, because it may have signed something already.
                if (Posix.RenameToNew(temporary, path) != 0 && Read(path) is null) File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }

            return Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The bytes of a key; null for a text that is no key.</summary>
    public static byte[]? Parse(string? text) =>
        text?.Length == 2 * Bytes && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;

    // A file that another user planted, or that others may read or write, is no key.
    private static string? Read(string path)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null } || Posix.Owner(path) != Posix.UserId()) return null;
        const UnixFileMode others =
            UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(path) & others) != 0) return null;
        var text = File.ReadAllText(path).Trim();
        return Parse(text) is null ? null : text;
    }
}
