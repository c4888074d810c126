using System.Globalization;

namespace Tenfold.Core.Requests.Remote;

/// <summary>The objects by which callers and gateways meet in a store.</summary>
/// <remarks>
/// A caller writes its call below <see cref="Open"/> and then the bell, which gateways read again and again. One gateway claims the call
/// and writes the answer in numbered parts. The caller deletes each part once it has read it. Decision 40 says why.
/// </remarks>
public static class CallKeys
{
    /// <summary>The folder of everything.</summary>
    public const string Folder = "serving/calls";

    /// <summary>Changes with each call.</summary>
    public const string Bell = $"{Folder}/bell";

    /// <summary>The folder of calls without an answer.</summary>
    public const string Open = $"{Folder}/open/";

    /// <summary>The folder of claims.</summary>
    public const string Claims = $"{Folder}/claims/";

    private const string Answers = $"{Folder}/answers/";

    /// <summary>A call.</summary>
    public static string CallOf(string id) => Open + id;

    /// <summary>The claim of the gateway that answers a call.</summary>
    public static string ClaimOf(string id) => Claims + id;

    /// <summary>The folder of an answer.</summary>
    public static string AnswerOf(string id) => Answers + id;

    /// <summary>A part of an answer.</summary>
    public static string PartOf(string id, int number) => string.Create(CultureInfo.InvariantCulture, $"{Answers}{id}/{number:D6}");
}

/// <summary>The first byte of each part of an answer.</summary>
public enum PartKind : byte
{
    /// <summary>Further parts follow.</summary>
    More = 1,

    /// <summary>The last part.</summary>
    Last = 2,

    /// <summary>The call failed. What follows is the reason in UTF-8.</summary>
    Fault = 3,
}
