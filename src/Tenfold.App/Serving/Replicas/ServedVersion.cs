using Tenfold.Core.Platform;

namespace Tenfold.App.Serving.Replicas;

/// <summary>A version of a model that is ready to be started on this machine.</summary>
public sealed record ServedVersion
{
    /// <summary>The number that each replica replaces by its port, in the program's arguments.</summary>
    public const string PortMark = "7318349394477056131";

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The version's name.</summary>
    public required string Version { get; init; }

    /// <summary>The program's path.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments. <see cref="PortMark"/> in them becomes the replica's port.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>
    /// All of its environment, apart from the port (<c>TENFOLD_PORT</c>, <c>PORT</c>, <c>SAGEMAKER_BIND_TO_PORT</c>), which each replica
    /// adds.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Its working folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of its replicas' logs.</summary>
    public required string Logs { get; init; }

    /// <summary>The address of this machine on which replicas listen; default: only this machine can connect.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port of the only replica; null, the default, for a free port for each replica.</summary>
    public int? Port { get; init; }

    /// <summary>How many replicas to run; default 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>What the version uses until it has stopped, such as cached environments; disposed of with its replicas. Null for
    /// nothing.</summary>
    public IDisposable? Lease { get; init; }

    /// <summary>The container in which its processes run; null to run them without one.</summary>
    public ServiceContainer? Container { get; init; }

    /// <summary>The process that a replica starts.</summary>
    /// <exception cref="IOException">The owner's folder can't be written.</exception>
    internal ProcessStart ToStart(int port, ReplicaOwner owner, string replica, string log)
    {
        var number = FormattableString.Invariant($"{port}");
        var variables = new Dictionary<string, string>(Variables);
        foreach (var name in new[] { "TENFOLD_PORT", "PORT", "SAGEMAKER_BIND_TO_PORT" }) variables[name] = number;
        variables["TENFOLD_HOST"] = Host;
        variables["TENFOLD_MODEL"] = Model;
        variables["TENFOLD_VERSION"] = Version;
        variables[ReplicaOwner.OwnerMarker] = owner.Id;
        variables[ReplicaOwner.ReplicaMarker] = replica;
        var start = new ProcessStart
        {
            Program = Program,
            Arguments = [.. Arguments.Select(argument => argument.Replace(PortMark, number))],
            Environment = variables,
            Folder = Folder,
            OutputFile = log,
        };
        return Container?.Wrap(start, ContainerOf(replica), owner.Folder) ?? start;
    }

    /// <summary>The name of a replica's container.</summary>
    internal static string ContainerOf(string replica) => $"tenfold-{replica}";
}
