namespace Tenfold.Core.Control;

/// <summary>Where a group's runs execute, as far as this machine and user can tell: a target, another controller, or a fault.</summary>
public sealed record TargetResolution
{
    private TargetResolution(ResolvedTarget? target, ControlFault? fault) => (Target, Fault) = (target, fault);

    /// <summary>The target; null when another machine or user controls the group, or when there is a <see cref="Fault"/>.</summary>
    public ResolvedTarget? Target { get; }

    /// <summary>Why this machine can't use the group's target or store now; null when there is no fault.</summary>
    public ControlFault? Fault { get; }

    /// <summary>Another machine or user controls the group: nothing may be concluded from what this machine sees.</summary>
    public static TargetResolution ControlledElsewhere { get; } = new(null, null);

    /// <summary>Converts a target to a resolution.</summary>
    public static implicit operator TargetResolution(ResolvedTarget target) => new(target, null);

    /// <summary>Converts a fault to a resolution.</summary>
    public static implicit operator TargetResolution(ControlFault fault) => new(null, fault);
}
