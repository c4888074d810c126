using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>When Batch itself retries.</summary>
internal static partial class RetryRules
{
    private const int MaxAttempts = 10;
    private const int MaxConditions = 5;

    public static void Check(JsonNode? strategy)
    {
        if (strategy is null) return;
        var attempts = strategy.Number("attempts");
        if (attempts is < 1 or > MaxAttempts) throw Invalid("Retry attempts must be between 1 and 10");
        var conditions = strategy.Items("evaluateOnExit");
        if (conditions.Count == 0) return;
        if (attempts is null) throw Invalid("Attempts must be specified when evaluateOnExit is specified");
        if (conditions.Count > MaxConditions) throw Invalid("At most 5 evaluateOnExit conditions are supported");
        foreach (var condition in conditions)
        {
            if ((condition.Text("onStatusReason") ?? condition.Text("onReason") ?? condition.Text("onExitCode")) is null)
                throw Invalid("At least one of onStatusReason, onReason and onExitCode must be specified");
            foreach (var text in (string?[])[condition.Text("onStatusReason"), condition.Text("onReason")])
                if (text is not null && !Words().IsMatch(text)) throw Invalid("Evaluate on exit condition contains restricted characters");
            if (condition.Text("onExitCode") is { } code && !Codes().IsMatch(code))
                throw Invalid("Evaluate on exit condition contains restricted characters");
        }
    }

    /// <summary>Whether Batch retries a failed attempt that was neither cancelled, terminated nor out of time.</summary>
    public static bool Retries(JsonNode? strategy, JobAttempt attempt)
    {
        if (strategy is null || attempt.Number >= (strategy.Number("attempts") ?? 1)) return false;
        foreach (var condition in strategy.Items("evaluateOnExit"))
        {
            if (Fits(condition.Text("onStatusReason"), attempt.StatusReason) && Fits(condition.Text("onReason"), attempt.Reason)
                && Fits(condition.Text("onExitCode"), attempt.ExitCode?.ToString()))
                return condition.Text("action")!.Equals("RETRY", StringComparison.OrdinalIgnoreCase);
        }
        return true;
    }

    private static bool Fits(string? pattern, string? text) => pattern is null
        || (pattern.EndsWith('*') ? (text ?? "").StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
            : string.Equals(text ?? "", pattern, StringComparison.OrdinalIgnoreCase));

    private static AwsErrorException Invalid(string message) => new(400, "ClientException", message);

    [GeneratedRegex(@"^[A-Za-z0-9.:\s]*\*?$")]
    private static partial Regex Words();

    [GeneratedRegex(@"^[0-9]*\*?$")]
    private static partial Regex Codes();
}
