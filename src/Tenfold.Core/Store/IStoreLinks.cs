namespace Tenfold.Core.Store;

/// <summary>A store that can lend a single object to a machine without credentials: for bringing the agent there.</summary>
public interface IStoreLinks
{
    /// <summary>A link by which anybody who has it can read the object. It is a secret while it is valid: never logged or stored.</summary>
    /// <param name="key">The object's key. Nothing is asked of the store: whether there is such an object shows when the link is
    /// followed.</param>
    /// <param name="valid">How long. The credentials it was made with end it too, when they expire earlier.</param>
    Uri LinkTo(string key, TimeSpan valid);
}
