using System.Text.Json;
using Tenfold.Core.Input;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.Protocol;

/// <summary>Reads feedback. It refuses what it does not understand, because feedback that is recorded otherwise than meant misleads.
/// </summary>
internal static class FeedbackReader
{
    private const int Most = 10_000;
    private const string Shape = "{\"request_id\", \"metric\", \"value\"} and, optionally, \"at\"";

    /// <summary>Reads <c>{"request_id", "metric", "value", "at"}</c>, or a list of them.</summary>
    /// <param name="body">The body of the request.</param>
    /// <param name="now">The current time: that of feedback without <c>at</c>.</param>
    public static Outcome<IReadOnlyList<Feedback>> Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            var items = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToList() : [root];
            if (items.Count > Most) return Refusal.BadInput($"one request may report at most {Most} outcomes");
            var outcomes = new List<Feedback>();
            foreach (var item in items)
            {
                if (!ReadOne(item, now).Succeeded(out var outcome, out var refusal)) return refusal;
                outcomes.Add(outcome);
            }

            return Outcome.Of<IReadOnlyList<Feedback>>(outcomes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Refusal.BadInput("the body is not JSON, or a member occurs twice in it");
        }
    }

    private static Outcome<Feedback> ReadOne(JsonElement item, DateTimeOffset now)
    {
        if (item.ValueKind != JsonValueKind.Object) return Refusal.BadInput($"feedback is {Shape}");
        foreach (var member in item.EnumerateObject())
        {
            if (member.Name is not ("request_id" or "metric" or "value" or "at"))
                return Refusal.BadInput($"feedback has no member {Excerpt.Of(member.Name)}; it is {Shape}");
        }

        if (!Guid.TryParse(Tensor.TextOf(item, "request_id"), out var id))
            return Refusal.BadInput("request_id must be the id that the gateway gave the request");
        var metric = Tensor.TextOf(item, "metric");
        if (!item.TryGetProperty("value", out var value)) return Refusal.BadInput("value is missing");
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return Refusal.BadInput("value must be a number: write 1 for true, and 0 for false");
        var number = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var given) ? given : double.NaN;
        if (Feedback.Check(metric, number) is { } fault) return Refusal.BadInput(fault);
        if (!TimeOf(item, now).Succeeded(out var at, out var refusal)) return refusal;
        return new Feedback { RequestId = id, Metric = metric!, Value = number, At = at };
    }

    private static Outcome<DateTimeOffset> TimeOf(JsonElement item, DateTimeOffset now)
    {
        if (!item.TryGetProperty("at", out var given) || given.ValueKind == JsonValueKind.Null) return now;
        var text = given.ValueKind == JsonValueKind.String ? given.GetString()! : given.GetRawText();
        return FeedbackTime.Fault(text, now, out var at) is { } fault ? Refusal.BadInput(fault) : at;
    }
}
