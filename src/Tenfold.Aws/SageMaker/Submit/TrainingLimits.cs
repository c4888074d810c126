using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Aws.SageMaker.Submit;

/// <summary>Refuses runs whose jobs SageMaker would refuse, before anything is recorded or submitted.</summary>
internal static class TrainingLimits
{
    /// <summary>Why a run can never start, with every fault and what to do; empty when nothing is known to be in its way.</summary>
    /// <param name="resources">What the run needs.</param>
    /// <param name="options">The target's options.</param>
    /// <param name="place">The place.</param>
    public static IReadOnlyList<string> FaultsOf(ResourceSpec resources, SageMakerOptions options, SageMakerPlace place) =>
        TrainingPlan.For(resources, options, place, out var fault) is null ? [fault!] : [];

    /// <summary>Why an attempt can never start; empty when nothing is known to be in its way.</summary>
    public static IReadOnlyList<string> FaultsOf(Assignment assignment, SageMakerPlace place)
    {
        var name = TrainingName.Of(assignment.Ledger, assignment.Attempt).ToString();
        var faults = FaultsOf(assignment.Spec.Resources, SageMakerOptions.Of(assignment), place);
        return name.Length <= TrainingName.MaxLength ? faults
            : [.. faults, $"the job's name {name} has {name.Length} characters, and SageMaker allows {TrainingName.MaxLength}"];
    }
}
