using Tenfold.Core.Input;

namespace Tenfold.App;

/// <summary>Turns checked input into outcomes.</summary>
internal static class CheckedOutcomes
{
    /// <summary>The value; or BadInput with every fault, one per line.</summary>
    public static Outcome<T> ToOutcome<T>(this Checked<T> input)
        where T : class =>
        input.Match<Outcome<T>>(
            value => value, faults => Refusal.BadInput([.. faults.Select(fault => fault.ToString())]) with { Faults = faults });
}
