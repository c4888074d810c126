namespace Tenfold.Core.Input;

/// <summary>The rule for names that users choose for parameters, data channels and targets.</summary>
public static class ParameterNames
{
    /// <summary>The rule of <see cref="Fault"/> as a regular expression, for JSON Schema.</summary>
    public const string Pattern = "^[A-Za-z_][A-Za-z0-9_.-]{0,63}$";

    /// <summary>The placeholders that Tenfold sets for each run. A parameter can't have one of these names.</summary>
    public static readonly string[] Reserved = ["seed", "repeat", "run"];

    /// <summary>What is wrong with the name; null for a valid name.</summary>
    public static string? Fault(string name)
    {
        if (name.Length == 0) return "it is empty";
        if (name.Length > 64) return "it is longer than 64 characters";
        if (!char.IsAsciiLetter(name[0]) && name[0] != '_') return "it must begin with a letter or '_'";
        foreach (var c in name)
        {
            if (!IsNameCharacter(c)) return $"it may contain only letters, digits, '_', '-' and '.', not {Excerpt.Of(c.ToString())}";
        }

        return null;
    }

    /// <summary>True for a character that a name may contain after its first character.</summary>
    public static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';
}
