using System.Text;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Tests.Batch;
using Tenfold.Aws.Tests.Ec2;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Secrets;

/// <summary>Runs with secrets on Batch and EC2: the script gets the value, and nobody else does.</summary>
public sealed class Secrets_are_passed_by_Parameter_Store(S3Server server) : IClassFixture<S3Server>
{
    private const string Value = "a-s3cr3t_with 'quotes'";

    // The command is stored, so it has only the hash of the value.
    private const string Script =
        "test \"$(printf %s \"$TOKEN\" | sha256sum)\" = '6feb53ca60a8ec51d1c6aeb9c6326ec14989c97572f49e1e79a5ac9ba4317cf9  -' "
        + "&& test \"$OTHER\" = other-value && echo \"token is $TOKEN\"";

    private static readonly CancellationToken Cancel = CancellationToken.None;

    [Fact]
    public async Task To_an_array_of_jobs()
    {
        await using var bench = new BatchBench(server) { Secrets = Source };
        var assignments = await bench.AssignAsync(Script, 2, spec => spec with { Secrets = ["TOKEN", "OTHER"] });
        (await bench.Target.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        foreach (var assignment in assignments) await bench.UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        await CheckAsync(bench.Aws, bench.Store, assignments, "tenfold-job");
        await bench.Target.RemoveSecretsAsync(assignments[0].Ledger, [assignments[0].Group], Cancel);
        bench.Aws.Parameters.Names.ShouldBeEmpty();
        await bench.Target.RemoveSecretsAsync(assignments[0].Ledger, [assignments[0].Group], Cancel);
    }

    [Fact]
    public async Task To_a_machine_of_EC2()
    {
        await using var bench = new Ec2DoubleBench(server) { Secrets = Source };
        var assignments = await bench.AssignAsync(Script, 1, "{}", spec => spec with { Secrets = ["TOKEN", "OTHER"] });
        await bench.StartAsync(assignments);
        await bench.EndAsync(assignments);
        await CheckAsync(bench.Aws, bench.Store, assignments, "tenfold-instance");
        await bench.Target.RemoveSecretsAsync(assignments[0].Ledger, [assignments[0].Group], Cancel);
        bench.Aws.Parameters.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_whose_role_may_not_read_them_says_what_to_allow()
    {
        await using var bench = new BatchBench(server) { Secrets = Source };
        bench.Aws.Faults.Add("ssm", "GetParameters", Fault.Denied, times: null);
        var assignments = await bench.AssignAsync(Script, 1, spec => spec with { Secrets = ["TOKEN"] });
        await bench.Target.StartAsync(assignments, Cancel);
        await bench.UntilAsync(assignments[0], state => state.Kind == BackendKind.Gone);
        var report = (await new AttemptReports(bench.Store).ReadAsync(assignments[0].Attempt, Cancel)).ShouldNotBeNull();
        report.State.ShouldBe(Core.Runs.AttemptState.Failed);
        report.Reason.ShouldNotBeNull().ToString().ShouldContain("allow ssm:GetParameters on /tenfold/tenfold/");
    }

    private static string? Source(string name) => name switch { "TOKEN" => Value, "OTHER" => "other-value", _ => null };

    private static async Task CheckAsync(AwsDouble aws, IStore store, IReadOnlyList<Assignment> assignments, string role)
    {
        foreach (var assignment in assignments)
        {
            var report = (await new AttemptReports(store).ReadAsync(assignment.Attempt, Cancel)).ShouldNotBeNull();
            report.State.ShouldBe(Core.Runs.AttemptState.Succeeded, $"{report.Reason}");
        }

        var (ledger, group) = (assignments[0].Ledger, assignments[0].Group);
        aws.Parameters.Names.ShouldBe([$"/tenfold/tenfold/{ledger}/{group}/OTHER", $"/tenfold/tenfold/{ledger}/{group}/TOKEN"]);
        var stored = aws.Parameters.Show($"/tenfold/tenfold/{ledger}/{group}/TOKEN");
        (stored.Type, stored.Value, stored.Tags["tenfold:group"]).ShouldBe(("SecureString", Value, group));
        stored.Readers.Count.ShouldBe(assignments.Count);
        stored.Readers.ShouldAllBe(reader => reader.Contains(role));
        // A store's log masks it, and no request but the one that stores it, and no file of the store, has it.
        aws.Calls.All.Where(call => call.Operation != "PutParameter").ShouldAllBe(call => !call.Input.ToJsonString().Contains("s3cr3t"));
        await foreach (var entry in store.ListAsync("", Cancel))
        {
            var text = Encoding.UTF8.GetString((await store.ReadAsync(entry.Key, Cancel))!);
            text.ShouldNotContain("s3cr3t", Case.Sensitive, entry.Key);
        }
    }
}
