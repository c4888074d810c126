using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Running;

public sealed class Checkpoints_of_a_successful_run_are_removed : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("exit 0", false)]
    [InlineData("exit 1", true)]
    [InlineData("kill -KILL $$", true)]
    public async Task Checkpoints_are_removed_after_success_and_stay_for_a_retry_otherwise(string end, bool stays)
    {
        var report = await _machine.RunAsync($"mkdir $TENFOLD_CHECKPOINT_DIR/deep; echo 1 > $TENFOLD_CHECKPOINT_DIR/deep/n; {end}");
        report.State.ShouldBe(stays ? AttemptState.Failed : AttemptState.Succeeded);
        Directory.Exists(_machine.Folder[$"home/checkpoints/{_machine.Group}-1"]).ShouldBe(stays);
    }
}
