using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Logs;

/// <summary>Reads log events, with tokens as AWS gives them: the end is where a call answers the token that it was given.</summary>
internal sealed class LogReading(LogsService service)
{
    private const int MaxEvents = 10_000;
    private const int MaxBytes = 1 << 20;
    private const int EventOverhead = 26;

    // A token is its direction, the place of the next event, and how many empty pages came before.
    public JsonObject Get(LogStream stream, JsonObject input)
    {
        var limit = Math.Min(input.Number("limit") ?? MaxEvents, MaxEvents);
        var events = stream.Events.Where(e => IsWithin(e, input)).ToArray();
        var (direction, at, empty) = Parse(input.Text("nextToken"), input.Flag("startFromHead"), events.Length);
        if (direction == 'f' && empty < service.EmptyPages && at < events.Length) return Answer([], $"f/{at}/{empty + 1}", $"b/{at}/0");
        var (start, end) = direction == 'f' ? (at, Math.Min(at + limit, events.Length)) : (Math.Max(0, at - limit), at);
        var page = Bounded(direction == 'f' ? events[start..end] : events[start..end].Reverse()).ToArray();
        if (direction == 'b') System.Array.Reverse(page);
        if (direction == 'f') end = start + page.Length;
        else start = end - page.Length;
        // At the end the token stays as it is.
        var forward = direction == 'f' && page.Length == 0 && input.Text("nextToken") is { } token ? token : $"f/{end}/0";
        return Answer(page, forward, $"b/{start}/0");
    }

    public static JsonObject Filter(LogGroup group, JsonObject input)
    {
        var names = input.Texts("logStreamNames");
        var prefix = input.Text("logStreamNamePrefix") ?? "";
        var found = group.Streams.Values
            .Where(stream => (names.Count == 0 || names.Contains(stream.Name)) && stream.Name.StartsWith(prefix, StringComparison.Ordinal))
            .SelectMany(stream => stream.Events.Select((e, i) => (Stream: stream, Event: e, Index: i)))
            .Where(found => IsWithin(found.Event, input)).OrderBy(found => found.Event.Time);
        return Pages.Of(found.Select(found => new JsonObject
        {
            ["logStreamName"] = found.Stream.Name,
            ["timestamp"] = found.Event.Time.ToUnixTimeMilliseconds(),
            ["message"] = found.Event.Message,
            ["ingestionTime"] = found.Event.Time.ToUnixTimeMilliseconds(),
            ["eventId"] = $"{found.Stream.Name}-{found.Index}",
        }), "events", input, MaxEvents, size: "limit");
    }

    private static (char Direction, int At, int Empty) Parse(string? token, bool fromHead, int count)
    {
        if (token is null) return fromHead ? ('f', 0, 0) : ('b', count, 0);
        return token.Split('/') is [['f' or 'b'], var at, var empty] ? (token[0], Math.Min(int.Parse(at), count), int.Parse(empty))
            : throw new AwsErrorException(400, "InvalidParameterException", "The specified nextToken is invalid.");
    }

    private static IEnumerable<LogEvent> Bounded(IEnumerable<LogEvent> events)
    {
        var size = 0;
        foreach (var one in events)
        {
            size += System.Text.Encoding.UTF8.GetByteCount(one.Message) + EventOverhead;
            if (size > MaxBytes) yield break;
            yield return one;
        }
    }

    private static JsonObject Answer(LogEvent[] page, string forward, string backward) => new()
    {
        ["events"] = new JsonArray([.. page.Select(e => new JsonObject
        {
            ["timestamp"] = e.Time.ToUnixTimeMilliseconds(),
            ["message"] = e.Message,
            ["ingestionTime"] = e.Time.ToUnixTimeMilliseconds(),
        })]),
        ["nextForwardToken"] = forward,
        ["nextBackwardToken"] = backward,
    };

    private static bool IsWithin(LogEvent one, JsonObject input) =>
        (input.Long("startTime") is not { } start || one.Time.ToUnixTimeMilliseconds() >= start)
        && (input.Long("endTime") is not { } end || one.Time.ToUnixTimeMilliseconds() < end);
}
