namespace Tenfold.Core.Data;

/// <summary>What became of pinning data at its origin.</summary>
public abstract record PinOutcome
{
    private PinOutcome()
    {
    }

    /// <summary>A run can be pinned to it.</summary>
    /// <param name="Manifest">What is there, and where, by the URL that means just that: with a closing <c>/</c> for a folder.</param>
    /// <param name="Note">What a user should know; null when nothing.</param>
    public sealed record Pinned(DataManifest Manifest, string? Note = null) : PinOutcome;

    /// <summary>There is nothing to pin, or it can't be made files of a machine.</summary>
    /// <param name="Fault">What, why, and what to do.</param>
    public sealed record Refused(string Fault) : PinOutcome;

    /// <summary>Calls the function for the case.</summary>
    public T Match<T>(Func<Pinned, T> pinned, Func<Refused, T> refused) => this switch
    {
        Pinned it => pinned(it),
        Refused it => refused(it),
        _ => throw new InvalidOperationException(),
    };
}
