namespace Tenfold.Core.Control;

/// <summary>Something that a round of the control loop could not use. The next round tries again.</summary>
/// <param name="Kind">What could not be used.</param>
/// <param name="Place">The target's name, the store's URL, or the id of the group with an unreadable record.</param>
/// <param name="Detail">What failed, why, and what to do, for people.</param>
public sealed record ControlFault(ControlFaultKind Kind, string Place, string Detail)
{
    /// <summary><see cref="Detail"/>, which names the place where a reader needs it.</summary>
    public override string ToString() => Detail;
}

/// <summary>The kinds of <see cref="ControlFault"/>.</summary>
public enum ControlFaultKind
{
    /// <summary>The backend doesn't answer, or refuses this user. Agents may still report to the store.</summary>
    Target,

    /// <summary>The store can't be opened, read or written.</summary>
    Store,

    /// <summary>This version can't read what another version of Tenfold recorded.</summary>
    Record,

    /// <summary>Pending work that the user of this home did not ask for; see <see cref="ForeignWork"/>.</summary>
    Foreign,
}
