using Tenfold.Aws.Tests.Servers;
using Tenfold.Sql.Tests;
using Tenfold.Targets.Tests;
using Tenfold.Targets.Tests.Slurm;

namespace Tenfold.EndToEnd.Tests.Parts;

/// <summary>A real cluster, S3 server and database for the tests of a class, and projects that use them.</summary>
public sealed class Cloud : IDisposable
{
    private readonly Lazy<SlurmCluster> _cluster = new(
        () => new SlurmCluster(Repository.ClusterScript, "cpus=16", "memory=16000", "slurmd_timeout=5", "kill_wait=10"));
    private readonly Lazy<S3Server> _bucket = new(() => new S3Server());
    private readonly Lazy<PostgresCluster> _database = new(PostgresCluster.Start);

    /// <summary>A cluster of two nodes, d1 and d2.</summary>
    internal SlurmCluster Cluster => _cluster.Value;

    public S3Server Bucket => _bucket.Value;

    public PostgresCluster Database => _database.Value;

    /// <summary>Creates a project with the target <c>cluster</c>, whose store is a folder that the nodes share.</summary>
    /// <param name="script">The project's <c>train.sh</c>; null for <see cref="Sandbox.SeedScript"/>.</param>
    /// <param name="target">More options of the target, such as <c>, partition: small</c>.</param>
    /// <param name="more">More lines of tenfold.yaml.</param>
    internal Sandbox Project(string? script = null, string target = "", string more = "")
    {
        var place = new Sandbox();
        place.Variables["SLURM_CONF"] = Cluster.Configuration;
        return place.Toy(script, $"targets: {{ cluster: {{ kind: slurm, folder: {Cluster.Folder}/shared{target} }} }}\n{more}");
    }

    /// <summary>Sets a project's store to the bucket.</summary>
    internal void UseBucket(Sandbox place, string prefix)
    {
        File.AppendAllText(Path.Combine(place.Project, "tenfold.yaml"), $"store: s3://{S3Server.Bucket}/{prefix}\n");
        GiveAccess(place);
    }

    /// <summary>Gives commands the bucket's address and credentials.</summary>
    internal void GiveAccess(Sandbox place)
    {
        place.Variables["AWS_ENDPOINT_URL_S3"] = Bucket.Endpoint;
        place.Variables["AWS_REGION"] = "us-east-1";
        place.Variables["AWS_ACCESS_KEY_ID"] = place.Variables["AWS_SECRET_ACCESS_KEY"] = "S3RVER";
        place.Variables["AWS_EC2_METADATA_DISABLED"] = "true";
    }

    /// <summary>Sets the ledger of commands to a new database.</summary>
    internal void UseDatabase(Sandbox place) => place.Variables["TENFOLD_LEDGER"] = Database.Url(Database.Create());

    /// <summary>The cluster's jobs that have not ended, one line each.</summary>
    internal string[] Jobs() =>
        Cluster.Run("squeue", "--noheader", "--array", "--format=%i %j %T").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        if (_cluster.IsValueCreated) _cluster.Value.Dispose();
        if (_bucket.IsValueCreated) _bucket.Value.Dispose();
        if (_database.IsValueCreated) _database.Value.Dispose();
    }
}
