using System.Text.Json;
using Tenfold.Core.Runs;
using Tenfold.Sql;

namespace Tenfold.App.Tests.Security;

/// <summary>Every command resolves the targets of all groups that have not ended, also of those that other homes have recorded.</summary>
public sealed class A_hostile_target_is_a_fault_of_its_group : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("pool", "{\"wait\":9223372036854775807,\"idle\":9223372036854775807}")]
    [InlineData("pool", "{\"lifetime\":-9223372036854775808,\"store\":3}")]
    [InlineData("pool", "[]")]
    [InlineData("pool", "null")]
    [InlineData("pool", "\"x\"")]
    [InlineData("slurm", "{\"partition\":{},\"setup\":[],\"rest\":\"unix:/nowhere\"}")]
    [InlineData("slurm", "{\"rest\":\"::::\"}")]
    [InlineData("slurm", "{\"rest\":7,\"sbatch_args\":\"x\"}")]
    [InlineData("batch", "{\"region\":{},\"stack\":[]}")]
    [InlineData("local", "[null]")]
    [InlineData("", "{}")]
    [InlineData("\u001b[2J", "{}")]
    public async Task Own_work_is_started_beside_it(string kind, string options)
    {
        var own = await _workspace.RecordAsync();
        var plan = (await _workspace.PlanAsync()).Value();
        var forged = plan.Group with
        {
            Spec = plan.Group.Spec with { Target = new TargetSpec(kind, "there", JsonElement.Parse(options)) },
        };
        await new SqlLedger(_workspace.Services.Database).AddGroupAsync(forged, plan.Runs, None);
        await _workspace.Services.ReconcileAsync(None);
        _workspace.Services.Queue.Waiting().Select(entry => entry.Attempt).ShouldBe([$"{own.Id}-1-1"]);
    }
}
