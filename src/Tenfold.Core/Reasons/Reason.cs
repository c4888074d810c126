using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Core.Reasons;

/// <summary>
/// Why a run, an attempt, a trial or a study is in its state, or why a trial was chosen: a code with its data. Programs decide by the type
/// of a reason, never by its words, which <see cref="ReasonText"/> writes for people.
/// </summary>
[JsonConverter(typeof(ReasonConverter))]
public abstract partial record Reason
{
    private protected Reason(string code) => Code = code;

    /// <summary>
    /// The name under which the reason is stored: lower-case words joined by hyphens, such as <c>early-stopped</c>. It never changes. A
    /// stored code that this version does not know is read as <see cref="Unknown"/>.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public string Code { get; }

    /// <summary>What happened, more exactly than the code says: the fact or the state that a backend reported.</summary>
    /// <returns>For example <c>partition-not-found</c> or <c>NODE_FAIL</c>; null for a reason that no backend gave.</returns>
    public string? FindBackendFact() => this is OfBackend reported ? reported.Fact ?? reported.State : null;

    /// <summary>The reason in words; see <see cref="ReasonText"/>.</summary>
    public sealed override string ToString() => ReasonText.Of(this);

    /// <summary>Free text: a reason that a user gave, or one that an older version stored.</summary>
    /// <param name="Text">The text; may have several lines.</param>
    public sealed record Note(string Text) : Reason("note");

    /// <summary>A reason of a newer version, whose code this version does not know.</summary>
    /// <param name="Data">The stored object, as it was read.</param>
    /// <param name="Words">The newer version's own words; null when only the object was stored.</param>
    public sealed record Unknown(JsonElement Data, string? Words = null) : Reason(CodedJson.CodeOf(Data));
}
