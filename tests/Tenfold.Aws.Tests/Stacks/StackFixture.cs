using Tenfold.Aws.Stacks;
using Tenfold.Aws.Tests.Scripted;

namespace Tenfold.Aws.Tests.Stacks;

/// <summary>A stack on a double of CloudFormation.</summary>
public abstract class StackFixture : IDisposable
{
    private readonly List<string> _happened = [];

    private protected StackFixture()
    {
        Aws = new AwsServer();
        Stacks = new FakeStacks(Aws);
        Stack = new AwsStack(FakeStacks.Name, Aws.Options)
        {
            Pace = TimeSpan.FromMilliseconds(1),
            Patience = TimeSpan.FromSeconds(20),
        };
    }

    private protected AwsServer Aws { get; }

    private protected FakeStacks Stacks { get; }

    private protected AwsStack Stack { get; }

    private protected StackPlanner Planner => new(Stack);

    private protected StackApplier Applier => new(Stack);

    /// <summary>What was reported of resources.</summary>
    private protected IReadOnlyList<string> Happened => _happened;

    public virtual void Dispose()
    {
        Stack.Dispose();
        Aws.Dispose();
    }

    private protected void Report(StackProgress progress) => _happened.Add($"{progress.Resource} {progress.Status}");

    private protected async Task<StackPlan> PlanAsync(StackSettings? settings = null) =>
        (await Planner.PlanAsync(settings ?? new(), isToBeApplied: true, default)).ShouldBeOfType<PlanResult.Planned>().Plan;

    private protected int CallsOf(string operation) => Aws.Calls.Count(call => call.Operation == operation);
}
