namespace Tenfold.App.Diagnosis;

/// <summary>The result of one check.</summary>
/// <param name="What">What was checked, for instance <c>ledger</c> or <c>target cluster</c>.</param>
/// <param name="State">The result.</param>
/// <param name="Detail">What was found; null when there is nothing to say.</param>
/// <param name="Fix">How to fix it; null when nothing is wrong or the detail says how.</param>
public sealed record Check(string What, CheckState State, string? Detail, string? Fix)
{
    internal static Check Ok(string what, string? detail) => new(what, CheckState.Ok, detail, null);

    internal static Check Wrong(string what, string detail, string? fix = null) => new(what, CheckState.Wrong, detail, fix);
}

/// <summary>The possible results of a check.</summary>
public enum CheckState
{
    /// <summary>All is well.</summary>
    Ok,

    /// <summary>A program that some projects need is missing.</summary>
    Missing,

    /// <summary>Something does not work.</summary>
    Wrong,
}
