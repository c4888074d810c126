using System.Buffers.Text;
using System.Text;

namespace Tenfold.Core.Git;

/// <summary>A private key in a file that only this user can read, until it is disposed: ssh takes a key from a file alone.</summary>
public sealed class DeployKey : IDisposable
{
    private readonly string _path;

    private DeployKey(string path) => _path = path;

    /// <summary>
    /// The options by which ssh signs in with this key and no other, and asks nobody. The host's own key must be in <c>known_hosts</c>.
    /// </summary>
    public string Options => $"-i '{_path.Replace("'", "'\\''", StringComparison.Ordinal)}' -o IdentitiesOnly=yes -o BatchMode=yes";

    /// <summary>Writes the key. A file that a killed server left behind is replaced.</summary>
    /// <param name="folder">Where to write it. One process at a time may do so.</param>
    /// <param name="text">The key as OpenSSH writes it, or its base64, which fits on one line.</param>
    public static DeployKey Write(string folder, string text)
    {
        if (!text.Contains("-----", StringComparison.Ordinal) && Base64.IsValid(text))
            text = Encoding.UTF8.GetString(Convert.FromBase64String(text));
        var path = Path.Combine(folder, "deploy-key");
        File.Delete(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new StreamWriter(path, options);
        file.Write($"{text.ReplaceLineEndings("\n").TrimEnd()}\n");
        return new DeployKey(path);
    }

    /// <summary>Removes the file.</summary>
    public void Dispose() => File.Delete(_path);
}
