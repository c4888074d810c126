using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

public sealed class A_target_fault_has_two_messages
{
    [Fact]
    public void The_message_for_new_work_omits_submitted_work()
    {
        var fault = new TargetException("Slurm does not answer: `squeue` timed out.")
        {
            Meanwhile = "Submitted jobs continue, and Tenfold will retry.",
            Advice = "If this persists, run `scontrol ping`.",
        };
        fault.Message.ShouldBe(
            "Slurm does not answer: `squeue` timed out. Submitted jobs continue, and Tenfold will retry. " +
            "If this persists, run `scontrol ping`.");
        fault.MessageForNewWork.ShouldBe("Slurm does not answer: `squeue` timed out. If this persists, run `scontrol ping`.");
    }
}
