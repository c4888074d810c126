using Tenfold.Numerics.Statistics;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects.Keys;

/// <summary>The keys of the <c>serve</c> part.</summary>
internal static class ServeKeys
{
    /// <summary>The placeholder for the port, beside those of the training command.</summary>
    public const string Port = "port";

    public static readonly Field<string> Command = new("command", Scalars.Text("a command for /bin/sh"),
        "The command that answers requests, for /bin/sh. It listens on `$TENFOLD_PORT` (also `$PORT`, and `{port}` in the command), and "
        + "finds the model in `$TENFOLD_MODEL_DIR`. Parameters are replaced as in the training command. `tenfold serve check` tests it.",
        "python serve.py")
    { Required = true };

    public static readonly Field<string> Input = new("input", References.ProjectPath("a .json file of the project",
        ".json"), "A JSON Schema of one request. The gateway refuses requests that do not match it.", "input.schema.json")
    { DefaultWords = "none: requests are not checked" };

    public static readonly Field<string> Sample = new("sample", References.ProjectPath("a .json file of the project",
        ".json"), "The body of one request. `tenfold deploy` sends it to the service, which must answer it with a status from 200 to 299.",
        "sample.json")
    { DefaultWords = "none: the answer to a request is not checked" };

    public static readonly Field<string> Test = new("test", Scalars.Text("a command for /bin/sh"),
        "A command that tests the running service before it is deployed, for /bin/sh. It finds the service at `$TENFOLD_URL`, and must end "
        + "with exit code 0.",
        "python test_service.py")
    { DefaultWords = "none" };

    public static readonly Field<object> Replicas = new("replicas", Scalars.Whole(1, 100),
        "How many processes of a version answer at once on one machine.", "2")
    { DefaultWords = "`1`" };

    public static readonly Field<string> GateCompare = new("compare", Scalars.Text("a version, a group, a run, or production"),
        "A version of the model, or the id of a group or run. `production` is the version with most of the traffic, and a model's first "
        + "version passes it.",
        "production")
    { Required = true };

    public static readonly Field<object> GateRequire = new("require",
        Scalars.Choice(new("better", GateRequirement.Better), new("not_worse", GateRequirement.NotWorse)),
        "The verdict that opens the gate: `better`, or `not_worse` for the verdicts better and not shown. With `margin`: shown to be "
        + "better by more, or shown to be no worse by it. A comparison that tests nothing (not tested) never opens it.", "not_worse")
    { DefaultWords = "`better`" };

    public static readonly Field<object> GateStatistic = new("statistic",
        Scalars.Choice(new("mean", LocationStatistic.Mean), new("trimmed", LocationStatistic.Trimmed),
            new("median", LocationStatistic.Median), new("iqm", LocationStatistic.Iqm)),
        "What is compared: as `--statistic` of `tenfold compare`. `trimmed` where some runs diverge.", "trimmed")
    { DefaultWords = "`mean`" };

    public static readonly Field<object> GateMargin = new("margin", Scalars.NumberAbove(0, 1_000_000_000),
        "The difference that is too small to matter, in the metric's unit, as `--margin` of `tenfold compare`.", "0.002");

    public static readonly Field<Gate> Gate = new("gate",
        new ObjectShape<Gate>("{ compare: … }", [GateCompare, GateRequire, GateStatistic, GateMargin],
            values => new Gate(values.Get(GateCompare) ?? "", values.Get(GateRequire, GateRequirement.Better))
            {
                Statistic = values.Get(GateStatistic, LocationStatistic.Mean),
                Margin = values.Maybe<double>(GateMargin),
            }),
        "A comparison that the run's group must pass before `tenfold deploy` registers it, by the verdict of `tenfold compare`.",
        "{ compare: production }")
    { DefaultWords = "none" };

    public static readonly Field<IReadOnlyList<string>> Redact = new("redact",
        new ListShape<string>("a list of JSON Pointers", Scalars.Text("a JSON Pointer such as /user/email", PointerFault,
            "^(/([^/~]|~[01])*)+$")),
        "Members of requests and replies that are replaced before they are logged, as JSON Pointers (RFC 6901). `*` stands for any member "
        + "or index.",
        "[ /user/email, /rows/*/name ]");

    public static readonly Field<object> Timeout = new("timeout", Units.Duration,
        "How long a request may take, to the last byte of its reply unless the reply is a stream.", "30s")
    { DefaultWords = "`60s`" };

    public static readonly Field<object> StartTimeout = new("start_timeout", Units.Duration,
        "How long a process may take until `GET /ping` is answered with 200.", "2m")
    { DefaultWords = "`8m`" };

    public static readonly Field<object> MaxBody = new("max_body", Units.Bytes,
        "The longest body of a request; longer ones are refused with status 413.", "1MiB")
    { DefaultWords = "`6MiB`" };

    public static readonly ObjectShape<ServePart> Shape = new("{ command: … }",
        [Command, Input, Sample, Test, Replicas, Gate, Redact, Timeout, StartTimeout, MaxBody],
        values => new ServePart
        {
            Command = values.Get(Command) ?? "",
            Input = values.Get(Input),
            Sample = values.Get(Sample),
            Test = values.Get(Test),
            Replicas = values.Get(Replicas, 1),
            Gate = values.Get(Gate),
            Redact = values.Get(Redact) ?? [],
            Timeout = values.Get(Timeout, TimeSpan.FromSeconds(60)),
            StartTimeout = values.Get(StartTimeout, TimeSpan.FromMinutes(8)),
            MaxBodyBytes = values.Get(MaxBody, 6L << 20),
        });

    // Source: RFC 6901, section 3.
    private static string? PointerFault(string text)
    {
        if (!text.StartsWith('/')) return "it begins with '/'";
        for (var i = text.IndexOf('~'); i >= 0; i = text.IndexOf('~', i + 1))
            if (i + 1 == text.Length || text[i + 1] is not ('0' or '1')) return "'~' is written ~0, and '/' in a name ~1";
        return null;
    }
}
