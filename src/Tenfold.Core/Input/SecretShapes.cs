using System.Text.RegularExpressions;

namespace Tenfold.Core.Input;

/// <summary>Recognizes names and texts that are probably secrets, so that they are not recorded by mistake.</summary>
/// <remarks>
/// Nothing is certain here: a name such as <c>TOKENIZERS_PARALLELISM</c> is harmless, and a password can look like any word. So what is
/// recognized is refused or reported, and never changed.
/// </remarks>
public static partial class SecretShapes
{
    private static readonly HashSet<string> SecretWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "TOKEN", "SECRET", "SECRETS", "PASSWORD", "PASSWD", "PASSPHRASE", "PASSCODE", "PWD", "CREDENTIAL", "CREDENTIALS", "APIKEY", "PAT",
    };

    // A KEY alone may be a column's name.
    private static readonly HashSet<string> WordsBeforeKey = new(StringComparer.OrdinalIgnoreCase)
    {
        "API", "ACCESS", "PRIVATE", "SECRET", "AUTH", "ENCRYPTION", "SIGNING", "ACCOUNT", "SSH", "LICENSE",
    };

    /// <summary>True for the name of a variable that is probably a secret's: <c>HF_TOKEN</c>, <c>WANDB_API_KEY</c>.</summary>
    public static bool IsSecretName(string name)
    {
        // PWD and OLDPWD are the shell's working folder.
        if (name is "PWD" or "OLDPWD") return false;
        var words = name.Split('_', '-', '.');
        return words.Any(SecretWords.Contains)
            || words.Zip(words.Skip(1)).Any(pair => pair.Second.Equals("KEY", StringComparison.OrdinalIgnoreCase)
                && WordsBeforeKey.Contains(pair.First));
    }

    /// <summary>True for a text that holds a well-known service's token, a private key, or a URL with a password.</summary>
    public static bool IsSecretText(string text) => HoldsToken(text) || PasswordInUrl().IsMatch(text);

    /// <summary>True for a text that holds a well-known service's token or a private key.</summary>
    public static bool HoldsToken(string text) => Tokens().IsMatch(text);

    /// <summary>True for the beginning of a file that is a private key.</summary>
    public static bool IsPrivateKey(ReadOnlySpan<byte> beginning) =>
        beginning.StartsWith("PuTTY-User-Key-File-"u8)
        || (beginning.IndexOf("-----BEGIN "u8) >= 0 && beginning.IndexOf("PRIVATE KEY"u8) >= 0);

    // Each pattern is its service's own: GitHub, GitLab, Hugging Face, OpenAI and Anthropic, AWS, Google, Slack, npm, PyPI, Stripe.
    [GeneratedRegex(
        @"\b(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}|\bglpat-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}|"
        + @"\bsk-[A-Za-z0-9_-]{32,}|\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{35}|\bxox[abeprs]-[A-Za-z0-9-]{10,}|"
        + @"\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{40,}|\b[rs]k_live_[A-Za-z0-9]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY",
        RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();

    [GeneratedRegex(@"[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex PasswordInUrl();
}
