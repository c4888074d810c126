namespace Tenfold.Core.Store;

/// <summary>A store that can give a machine without credentials access to one object. The agent is downloaded that way.</summary>
public interface IStoreLinks
{
    /// <summary>
    /// A link through which anyone who has it can read the object. It is a secret while it is valid: never log or store it.
    /// </summary>
    /// <param name="key">The object's key. The store isn't asked, so a link to a missing object fails only when it is followed.</param>
    /// <param name="valid">How long the link is valid. It also ends when the credentials that signed it expire.</param>
    Uri LinkTo(string key, TimeSpan valid);
}
