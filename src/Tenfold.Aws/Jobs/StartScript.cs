using Tenfold.Core.Delivery;

namespace Tenfold.Aws.Jobs;

/// <summary>
/// The script with which a job on a machine of AWS begins: it brings the agent from the store, finds the job's attempt, and becomes the
/// agent. It is the same text for every job; what differs is in <see cref="StartVariables"/>.
/// </summary>
internal static class StartScript
{
    /// <summary>The exit code for a failure that another machine or a later attempt may not have.</summary>
    public const int TransientFailure = Bootstrap.TransientFailure;

    /// <summary>The exit code for a failure that every attempt on every machine will have.</summary>
    public const int PermanentFailure = Bootstrap.PermanentFailure;

    private static readonly Lazy<string> Whole = new(() => Beginning("start-get.sh"));

    private static readonly Lazy<string> WithChannel = new(() => Beginning("start-channel.sh"));

    /// <summary>The script for a gateway in a task of ECS, which <c>infra/aws-serving.yaml</c> contains.</summary>
    public static string ForGateway => Joined("start-get.sh", "start-gateway.sh");

    /// <summary>The script for a task of ECS that serves a version.</summary>
    public static string ForVersion => Joined("start-get.sh", "start-version.sh");

    /// <summary>The script for <c>/bin/sh</c>, without comments: a job's definition has little room.</summary>
    public static string Text => Whole.Value;

    /// <summary>
    /// The script for a job of SageMaker, which brings the agent's archive as an input channel. It needs no access to the store.
    /// </summary>
    public static string ByChannel => WithChannel.Value;

    private static string Beginning(string start) => Joined(start, "start-run.sh");

    private static string Joined(string start, string end) =>
        WithoutComments(Read("start-names.sh") + Read(start) + Bootstrap.FetchByFunction + Read(end));

    private static string Read(string name)
    {
        using var resource = typeof(StartScript).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly has no {name}");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    private static string WithoutComments(string script) => string.Concat(
        script.Split('\n').Where(line => line.Length > 0 && !line.TrimStart().StartsWith('#')).Select(line => line + "\n"));
}
