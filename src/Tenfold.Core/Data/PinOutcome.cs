namespace Tenfold.Core.Data;

/// <summary>The result of pinning a run to data at its origin.</summary>
public abstract record PinOutcome
{
    private PinOutcome()
    {
    }

    /// <summary>A run can be pinned to the data.</summary>
    /// <param name="Manifest">The files and the origin's exact URL, which ends in <c>/</c> for a folder.</param>
    /// <param name="Note">A note for the user; null for none.</param>
    public sealed record Pinned(DataManifest Manifest, string? Note = null) : PinOutcome;

    /// <summary>There is no data, or its objects can't be files of a machine.</summary>
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
