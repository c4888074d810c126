using System.Buffers;
using System.Text;
using Tenfold.Core.Input;

namespace Tenfold.Core.Snapshots;

/// <summary>Recognizes files that are private keys, and files that look as if they hold a secret.</summary>
internal static class SecretFiles
{
    private const int MostBytes = 64 << 10;
    private const int KeyBytes = 512;

    private static readonly string[] KeyEndings = [".pem", ".asc", ".priv"];

    private static readonly string[] SecretNames =
    [
        "credentials", "credentials.json", "credentials.csv", "secret", "secrets", "kaggle.json", "token", "token.txt", "token.json",
        "application_default_credentials.json", ".npmrc", ".yarnrc", "password.txt", "passwords.txt", "api_key.txt", "apikey.txt",
    ];

    private static readonly string[] SecretStarts =
        ["secret.", "secrets.", "credentials.", "client_secret", "service-account", "service_account"];

    // A text that has none of these has no token, and looking for all of them at once is fast.
    private static readonly SearchValues<string> Marks = SearchValues.Create(
        ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "hf_", "sk-", "AKIA", "ASIA", "AIza", "xox", "npm_", "pypi-",
            "_live_", "PRIVATE KEY"],
        StringComparison.Ordinal);

    /// <summary>True for a file that is a private key: by its name a candidate, and by its first bytes one.</summary>
    public static bool IsPrivateKey(string root, string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        if (!name.Contains("key", StringComparison.OrdinalIgnoreCase) && !name.Contains("rsa", StringComparison.OrdinalIgnoreCase)
            && !Array.Exists(KeyEndings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            return false;
        var beginning = Read($"{root}/{path}", KeyBytes);
        return beginning is not null && SecretShapes.IsPrivateKey(beginning);
    }

    /// <summary>True for a file whose name says that it holds a secret.</summary>
    public static bool IsSecretName(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        foreach (var known in SecretNames)
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var start in SecretStarts)
        {
            // A module named secrets.py is code.
            if (name.StartsWith(start, StringComparison.OrdinalIgnoreCase) && !name.EndsWith(".py", StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>True for a small text file that holds a token of a well-known service, or a private key.</summary>
    public static bool HoldsToken(string root, string path, long sizeBytes)
    {
        if (sizeBytes is 0 or > MostBytes || Read($"{root}/{path}", MostBytes) is not { } content || content.AsSpan().Contains((byte)0))
            return false;
        var text = Encoding.Latin1.GetString(content);
        return text.AsSpan().ContainsAny(Marks) && SecretShapes.HoldsToken(text);
    }

    private static byte[]? Read(string path, int most)
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            var content = new byte[Math.Min(most, RandomAccess.GetLength(file))];
            var read = RandomAccess.Read(file, content, 0);
            return read == content.Length ? content : content[..read];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // The snapshot reports it.
        }
    }
}
