using System.Security.Cryptography;
using System.Text;

namespace Tenfold.App.Pushes.Planning;

/// <summary>Ids of groups that follow from a text, so that what was interrupted chooses the same id again.</summary>
internal static class DerivedIds
{
    // Letters of RunNames.
    private const string Letters = "abcdefghjkmnpqrstvwxyz";

    /// <summary>The id of a text.</summary>
    public static string Of(string text) =>
        string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(8).Select(b => Letters[b % Letters.Length]));
}
