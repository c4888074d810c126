using System.Security.Cryptography;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Environments;

/// <summary>
/// The key by which a user's jobs recognise the environments that other jobs of this user have stored. It travels with a job and is never
/// in a store, so nobody who may only write to the store can make a job execute a program.
/// </summary>
/// <remarks>
/// A target whose machines start with fresh disks gives its jobs the key in <see cref="Variable"/>. Without it, an agent neither stores an
/// environment nor fetches one.
/// </remarks>
public static class EnvironmentKey
{
    /// <summary>The environment variable of an agent that has the key.</summary>
    public const string Variable = "TENFOLD_ENVIRONMENT_KEY";

    private const string FileName = "environments.key";
    private const int Bytes = 32;

    /// <summary>Reads the key of a home folder, and makes it first when there is none.</summary>
    /// <param name="home">The folder to which Tenfold writes.</param>
    /// <returns>The key, lower hexadecimal; null when the folder can't be written.</returns>
    public static string? ReadOrCreate(string home)
    {
        var path = Path.Combine(home, FileName);
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
            using (var file = new StreamWriter(temporary, options))
                file.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes)));
            try
            {
                File.Move(temporary, path, overwrite: Path.Exists(path));
            }
            catch (IOException)
            {
                File.Delete(temporary); // Another process was faster.
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

    // A file that another user planted, or that others may read, is no key.
    private static string? Read(string path)
    {
        if (!File.Exists(path) || Posix.Owner(path) != Posix.UserId()) return null;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if ((File.GetUnixFileMode(path) & others) != 0) return null;
        var text = File.ReadAllText(path).Trim();
        return Parse(text) is null ? null : text;
    }
}
