using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

public sealed class A_target_fault_says_what_holds_for_whom
{
    [Fact]
    public void New_work_hears_nothing_of_submitted_work()
    {
        var fault = new TargetException("Slurm does not answer: `squeue` had no answer in time.")
        {
            Meanwhile = "Jobs go on all the same; it is tried again.",
            Advice = "If it stays so, see `scontrol ping`.",
        };
        fault.Message.ShouldBe(
            "Slurm does not answer: `squeue` had no answer in time. Jobs go on all the same; it is tried again. " +
            "If it stays so, see `scontrol ping`.");
        fault.MessageForNewWork.ShouldBe("Slurm does not answer: `squeue` had no answer in time. If it stays so, see `scontrol ping`.");
    }
}
