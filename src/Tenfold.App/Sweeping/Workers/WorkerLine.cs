using System.Text.Json;
using System.Text.RegularExpressions;
using Tenfold.Core.Input;

namespace Tenfold.App.Sweeping.Workers;

/// <summary>
/// A line that a worker wrote to its standard output: a message about its trial, which is a JSON object with <c>trial</c>, or any other
/// output.
/// </summary>
internal abstract partial record WorkerLine
{
    private const string Example = "write {\"trial\": 3, \"value\": 0.93}";

    private WorkerLine()
    {
    }

    /// <summary>Output of the script.</summary>
    public sealed record Output(string Text) : WorkerLine;

    /// <summary>A value that the trial has reached at a step. The worker waits for the answer.</summary>
    public sealed record Report(long Step, string Value) : WorkerLine;

    /// <summary>The result of the trial.</summary>
    public sealed record Result(TrialResult Told) : WorkerLine;

    /// <summary>A message about another trial, which the worker may have had before.</summary>
    public sealed record Foreign(int Trial, bool IsReport, string Text) : WorkerLine;

    /// <summary>A message that can't be understood.</summary>
    public sealed record Faulty(string Why) : WorkerLine;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="trial">The trial that the worker has.</param>
    public static WorkerLine Parse(string line, int trial)
    {
        if (!line.TrimStart().StartsWith('{') || !line.Contains("\"trial\"", StringComparison.Ordinal)) return new Output(line);
        JsonElement message;
        try
        {
            message = JsonElement.Parse(line);
        }
        catch (JsonException)
        {
            try
            {
                // Python's json module writes numbers that JSON doesn't have.
                message = JsonElement.Parse(BareNumbers().Replace(line, "\"$0\""));
            }
            catch (JsonException e)
            {
                return new Faulty($"the line {Excerpt.Of(line)} is not JSON: {e.Message}");
            }
        }

        return message.TryGetProperty("trial", out var number) ? Read(message, number, trial) : new Output(line);
    }

    private static WorkerLine Read(JsonElement message, JsonElement number, int trial)
    {
        if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var named)) return Fault(message, "has a wrong trial");
        if (named != trial) return new Foreign(named, message.TryGetProperty("step", out _), message.GetRawText());
        string? value = null, failure = null;
        IReadOnlyList<string> values = [];
        var metrics = new Dictionary<string, string>(StringComparer.Ordinal);
        long? step = null;
        var (isLost, isPruned, kinds) = (false, false, 0);
        foreach (var member in message.EnumerateObject())
        {
            var content = member.Value;
            var isRight = true;
            switch (member.Name)
            {
                case "trial": continue;
                case "step":
                    isRight = content.ValueKind == JsonValueKind.Number && content.TryGetInt64(out var at) && at >= 0;
                    step = isRight ? content.GetInt64() : null;
                    break;
                case "value":
                    (isRight, kinds) = (TextOf(content, out value), kinds + 1);
                    break;
                case "values":
                    kinds++;
                    isRight = content.ValueKind == JsonValueKind.Array && content.GetArrayLength() > 0
                        && content.EnumerateArray().All(one => TextOf(one, out _));
                    if (isRight) values = [.. content.EnumerateArray().Select(one => TextOf(one, out var text) ? text! : "")];
                    break;
                case "metrics":
                    isRight = content.ValueKind == JsonValueKind.Object && content.EnumerateObject().All(one => TextOf(one.Value, out _));
                    if (isRight)
                        foreach (var one in content.EnumerateObject()) metrics[one.Name] = TextOf(one.Value, out var metric) ? metric! : "";
                    break;
                case "failed":
                    kinds++;
                    isRight = content.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(failure = content.GetString());
                    break;
                case "pruned":
                    (isPruned, kinds, isRight) = (true, kinds + 1, content.ValueKind == JsonValueKind.True);
                    break;
                case "lost":
                    (isLost, kinds, isRight) = (true, kinds + 1, content.ValueKind == JsonValueKind.True);
                    break;
                default:
                    return Fault(message, $"has the unknown member {Excerpt.Of(member.Name)}");
            }

            if (!isRight) return Fault(message, $"has a wrong {member.Name}");
        }

        if (kinds != 1) return Fault(message, "needs one of these: value, values, failed, pruned or lost");
        if (metrics.Count > 0 && (step is not null || (value is null && values.Count == 0)))
            return Fault(message, "has metrics, which go with the result only");
        if (step is { } reached)
            return value is null ? Fault(message, "has a step without a value") : new Report(reached, value);
        return new Result(new TrialResult(trial, value is null ? values : [value], failure, isLost, isPruned)
        {
            Metrics = metrics,
        });
    }

    private static Faulty Fault(JsonElement message, string why) => new($"the line {Excerpt.Of(message.GetRawText())} {why}; {Example}");

    private static bool TextOf(JsonElement value, out string? text)
    {
        text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString(),
            _ => null,
        };
        return text is not null;
    }

    [GeneratedRegex(@"(?<=[:\[,]\s*)(-?Infinity|NaN)(?=\s*[,}\]])")]
    private static partial Regex BareNumbers();
}
