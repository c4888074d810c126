using System.Diagnostics.CodeAnalysis;

namespace Tenfold.Agent.Preparation;

/// <summary>Something that was prepared, or why it could not be.</summary>
/// <typeparam name="T">What it is.</typeparam>
public sealed record PreparationResult<T>
    where T : class
{
    /// <summary>What was prepared; null when it could not be.</summary>
    public T? Value { get; private init; }

    /// <summary>What went wrong, why, and what to do; null when nothing did.</summary>
    public string? Refusal { get; private init; }

    /// <summary>True when it was prepared.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsReady => Value is not null;

    /// <summary>It was prepared.</summary>
    public static implicit operator PreparationResult<T>(T value) => new() { Value = value };

    /// <summary>It could not be prepared.</summary>
    public static PreparationResult<T> Refused(string refusal) => new() { Refusal = refusal };
}
