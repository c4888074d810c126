namespace Tenfold.Core.Input;

/// <summary>The rule for the environment variables that a project gives its runs.</summary>
public static class VariableNames
{
    /// <summary>The rule of <see cref="Fault"/> as a regular expression, for JSON Schema.</summary>
    public const string Pattern = "^(?!(TENFOLD|SM)_|PATH$|VIRTUAL_ENV$|CONDA_PREFIX$)[A-Za-z_][A-Za-z0-9_]*$";

    private static readonly string[] OfEnvironment = ["PATH", "VIRTUAL_ENV", "CONDA_PREFIX"];

    /// <summary>What is wrong with the name; null when nothing is.</summary>
    public static string? Fault(string name)
    {
        if (name.Length == 0) return "it is empty";
        if (char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return "it may hold only letters, digits and '_', and must not begin with a digit";
        if (name.StartsWith("TENFOLD_", StringComparison.Ordinal) || name.StartsWith("SM_", StringComparison.Ordinal))
            return "names that begin with TENFOLD_ or SM_ are set by Tenfold";
        return OfEnvironment.Contains(name) ? "it follows from the environment and from the shell that starts the run; set it there" : null;
    }

    /// <summary>Why a variable must not be recorded; null when it may.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, which the answer never contains.</param>
    public static string? SecretFault(string name, string value) =>
        SecretShapes.IsSecretName(name) || SecretShapes.IsSecretText(value)
            ? $"{name} looks like a secret, and what `env` gives is recorded and shown: name it under `secrets` instead"
            : null;
}
