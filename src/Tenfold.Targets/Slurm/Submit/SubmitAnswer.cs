namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Slurm's answer to a submission.</summary>
/// <param name="Kind">What the answer means.</param>
/// <param name="Words">Slurm's own words; empty when it accepted the job.</param>
internal sealed record SubmitAnswer(SubmitKind Kind, string Words = "");
