using Tenfold.Aws.S3;
using Tenfold.Core.Environments;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Jobs;

/// <summary>The environment variables that <see cref="StartScript"/> needs.</summary>
internal sealed record StartVariables
{
    /// <summary>The variable with the path of the ledger's secrets. Only jobs that need secrets have it.</summary>
    public const string SecretsVariable = "TENFOLD_SECRETS";

    // Jobs call S3, and Systems Manager for secrets.
    private static readonly string[] Endpoints = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"], OtherEndpoints = ["AWS_ENDPOINT_URL_SSM"];

    /// <summary>The store's URL, <c>s3://BUCKET/PREFIX</c>.</summary>
    public required string Store { get; init; }

    /// <summary>The region of the bucket.</summary>
    public required string Region { get; init; }

    /// <summary>The agent in the store.</summary>
    public required AgentArchive Agent { get; init; }

    /// <summary>The list of attempts in the store.</summary>
    public required AttemptList List { get; init; }

    /// <summary>Lines of bash that run before the agent; null for none.</summary>
    public string? Setup { get; init; }

    /// <summary>
    /// The key of stored environments, see <see cref="EnvironmentKey"/>: the machines' disks are fresh. Null for none. It protects jobs
    /// from others who may write to the store, and not from those who may describe the job.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>The path of the ledger's secrets in Parameter Store; null when the attempts need none.</summary>
    public string? Secrets { get; init; }

    /// <summary>The variables of the user who submits: the jobs use the same endpoints.</summary>
    public required IReadOnlyDictionary<string, string> Session { get; init; }

    /// <summary>The variables. No value is a secret of the user's.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToList()
    {
        var variables = new List<KeyValuePair<string, string>>
        {
            new("TENFOLD_STORE", Store),
            new("TENFOLD_OBJECTS", ObjectsUrl(Store, Region, Session)),
            new("TENFOLD_AGENT_KEY", Agent.Key),
            new("TENFOLD_AGENT_SHA256", Agent.Sha256),
            new("TENFOLD_LIST_KEY", List.Key),
            new("TENFOLD_LIST_SHA256", List.Sha256),
            new("AWS_REGION", Region),
        };
        if (Key is not null) variables.Add(new(EnvironmentKey.Variable, Key));
        if (Setup is not null) variables.Add(new("TENFOLD_SETUP", Setup));
        if (Secrets is not null) variables.Add(new(SecretsVariable, Secrets));
        foreach (var name in Endpoints.Concat(OtherEndpoints))
            if (Session.GetValueOrDefault(name) is { Length: > 0 } endpoint) variables.Add(new(name, endpoint));
        return variables;
    }

    /// <summary>Why the setup is too long for a job's environment; null when it is not.</summary>
    public static string? RefuseSetup(string? setup) => setup?.Length > MaxSetup
        ? $"`setup` has {setup.Length:N0} characters, and a job's environment has room for {MaxSetup:N0}: put the lines into a script of "
            + "the project, and run it from there."
        : null;

    // ECS allows 8,192 characters for all that differs between jobs, as JSON, with Batch's own variables.
    private const int MaxSetup = 4000;

    /// <summary>The URL below which S3 gives a store's objects.</summary>
    /// <remarks>
    /// Servers other than Amazon's, and buckets with a dot in their name, which no certificate covers, are used by path.
    /// </remarks>
    internal static string ObjectsUrl(string store, string region, IReadOnlyDictionary<string, string> session)
    {
        var location = S3Location.Read(store, out var fault) ?? throw new StoreException(fault!);
        var path = string.Join('/', location.Prefix.TrimEnd('/').Split('/').Select(Uri.EscapeDataString));
        var tail = path.Length > 0 ? $"/{path}" : "";
        var own = Endpoints.Reverse().Select(name => session.GetValueOrDefault(name)).FirstOrDefault(url => url is { Length: > 0 });
        if (own is not null) return $"{own.TrimEnd('/')}/{location.Bucket}{tail}";
        var suffix = region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        return location.Bucket.Contains('.')
            ? $"https://s3.{region}.{suffix}/{location.Bucket}{tail}"
            : $"https://{location.Bucket}.s3.{region}.{suffix}{tail}";
    }
}
