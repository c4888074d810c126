using System.Text;

namespace Tenfold.Core.Snapshots;

/// <summary>What a snapshot leaves out unless the project takes it in: credentials and installed packages.</summary>
/// <remarks>
/// Names alone decide, without patterns, because every file is checked. A <c>!</c> pattern in <c>exclude</c> or in a
/// <c>.gitignore</c> takes a file in again.
/// </remarks>
internal static class DefaultOmissions
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        ".ssh", ".aws", ".azure", ".gnupg", ".kube", ".env", ".envrc", ".netrc", "_netrc", ".pgpass", ".pypirc", ".git-credentials",
        ".htpasswd", ".boto", ".s3cfg", ".dockercfg", "id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk",
    };

    // Examples of an .env hold no secrets, by custom.
    private static readonly HashSet<string> Examples = new(StringComparer.Ordinal)
    {
        ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults",
    };

    /// <summary>What a name is left out as.</summary>
    public static Omission Of(ReadOnlySpan<byte> name, bool isFolder) => name switch
    {
        [(byte)'.', (byte)'v', ..] when name.SequenceEqual(".venv"u8) => Omission.Packages,
        [(byte)'n', (byte)'o', ..] when isFolder && name.SequenceEqual("node_modules"u8) => Omission.Packages,
        [(byte)'.' or (byte)'_', ..] or [(byte)'i', (byte)'d', (byte)'_', ..] when IsCredential(Encoding.UTF8.GetString(name)) =>
            Omission.Credentials,
        _ when !isFolder && (name.EndsWith(".ppk"u8) || name.EndsWith(".p12"u8) || name.EndsWith(".pfx"u8) || name.EndsWith(".kdbx"u8)) =>
            Omission.Credentials,
        _ => Omission.None,
    };

    private static bool IsCredential(string name) =>
        Names.Contains(name) || (name.StartsWith(".env.", StringComparison.Ordinal) && !Examples.Contains(name));
}

/// <summary>Why a snapshot leaves a file or folder out by default.</summary>
internal enum Omission
{
    /// <summary>It doesn't.</summary>
    None,

    /// <summary>It holds secrets.</summary>
    Credentials,

    /// <summary>It holds packages that an installer can restore.</summary>
    Packages,
}
