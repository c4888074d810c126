namespace Tenfold.App.Serving.Checking;

/// <summary>The rules of the container contract that a check tests, in the order in which it tests them.</summary>
public enum ContractRule
{
    /// <summary>The command starts and goes on running.</summary>
    Starts,

    /// <summary><c>GET /ping</c> is answered with 200 in time.</summary>
    Ready,

    /// <summary>Once <c>GET /ping</c> is answered with 200, a request is answered too.</summary>
    ReadyOnlyOnceLoaded,

    /// <summary><c>POST /invocations</c> answers a request.</summary>
    Answers,

    /// <summary>Several requests at once are answered.</summary>
    AnswersConcurrently,

    /// <summary>A body that is no JSON is refused with a status from 400 to 499.</summary>
    RefusesBadJson,

    /// <summary>A body of 6 MiB is answered or refused.</summary>
    TakesLargeBody,

    /// <summary>A client that sends slowly does not delay others.</summary>
    SurvivesSlowClient,

    /// <summary>After all that, <c>GET /ping</c> is still answered with 200.</summary>
    StaysReady,

    /// <summary>The project's own test succeeds.</summary>
    PassesOwnTest,

    /// <summary>After SIGTERM, <c>GET /ping</c> is no longer answered with 200.</summary>
    FailsPingWhenStopped,

    /// <summary>After SIGTERM, a request in flight is finished.</summary>
    FinishesInFlight,

    /// <summary>After SIGTERM, all of its processes end within 25 s.</summary>
    Ends,
}

/// <summary>The results of a rule.</summary>
public enum RuleVerdict
{
    /// <summary>The service keeps the rule.</summary>
    Passed,

    /// <summary>The service breaks the rule.</summary>
    Failed,

    /// <summary>The rule was not tested.</summary>
    Skipped,
}

/// <summary>A tested rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Verdict">Whether the service keeps it.</param>
/// <param name="Detail">What was seen, and for a failure what to do.</param>
public sealed record RuleResult(ContractRule Rule, RuleVerdict Verdict, string Detail)
{
    /// <summary>The rule as a sentence about the service.</summary>
    public string Title => Rule switch
    {
        ContractRule.Starts => "starts",
        ContractRule.Ready => "answers GET /ping with 200",
        ContractRule.ReadyOnlyOnceLoaded => "is ready only once the model is loaded",
        ContractRule.Answers => "answers POST /invocations",
        ContractRule.AnswersConcurrently => "answers several requests at once",
        ContractRule.RefusesBadJson => "refuses a body that is no JSON",
        ContractRule.TakesLargeBody => "answers or refuses a body of 6 MiB",
        ContractRule.SurvivesSlowClient => "is not delayed by a slow client",
        ContractRule.StaysReady => "is still ready",
        ContractRule.PassesOwnTest => "passes the project's test",
        ContractRule.FailsPingWhenStopped => "fails GET /ping after SIGTERM",
        ContractRule.FinishesInFlight => "finishes what is in flight after SIGTERM",
        ContractRule.Ends => "ends within 25 s of SIGTERM",
        _ => $"{Rule}",
    };

    /// <summary>The rule's name for programs, such as <c>refuses-bad-json</c>; it never changes.</summary>
    public string Code =>
        string.Concat($"{Rule}".Select((c, i) => char.IsUpper(c) ? $"{(i == 0 ? "" : "-")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
