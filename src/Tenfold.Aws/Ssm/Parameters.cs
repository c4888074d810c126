using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ssm;

/// <summary>Writes a parameter. The value may be a secret, so this record never shows it.</summary>
/// <param name="Name">The name, a path.</param>
/// <param name="Value">The value, at most 4,096 bytes.</param>
internal sealed record PutParameterRequest(string Name, string Value)
{
    /// <summary><c>SecureString</c>: encrypted with a key of KMS, by default the account's own for Parameter Store.</summary>
    public string Type { get; init; } = "SecureString";

    /// <summary>What the parameter is for.</summary>
    public string? Description { get; init; }

    /// <summary>True to replace the value of a parameter that exists; then tags are not allowed.</summary>
    public bool? Overwrite { get; init; }

    /// <summary>The tags of a new parameter.</summary>
    public IReadOnlyList<ParameterTag>? Tags { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"PutParameterRequest {{ {Name} }}";
}

/// <summary>A tag of a parameter.</summary>
internal sealed record ParameterTag(string Key, string Value);

/// <summary>The parameter's new version.</summary>
internal sealed record PutParameterAnswer : WireAnswer
{
    /// <summary>The version, from 1.</summary>
    public long? Version { get; init; }
}

/// <summary>Reads parameters.</summary>
/// <param name="Names">The names.</param>
internal sealed record GetParametersRequest(IReadOnlyList<string> Names)
{
    /// <summary>True for the values of secrets; otherwise, these stay encrypted.</summary>
    public bool? WithDecryption { get; init; }
}

/// <summary>Parameters.</summary>
internal sealed record GetParametersAnswer : WireAnswer
{
    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get => field ?? []; init; }

    /// <summary>The names of those that do not exist.</summary>
    public IReadOnlyList<string> InvalidParameters { get => field ?? []; init; }
}

/// <summary>A parameter. The value may be a secret, so this record never shows it.</summary>
internal sealed record Parameter
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The value.</summary>
    public string? Value { get; init; }

    /// <summary>When the value was written.</summary>
    public DateTimeOffset? LastModifiedDate { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"Parameter {{ {Name} }}";
}

/// <summary>Lists parameters.</summary>
/// <param name="Path">The start of the names, without the last slash.</param>
internal sealed record GetParametersByPathRequest(string Path)
{
    /// <summary>True for all levels below the path.</summary>
    public bool? Recursive { get; init; }

    /// <summary>True for the values of secrets; otherwise, these stay encrypted.</summary>
    public bool? WithDecryption { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of parameters.</summary>
internal sealed record GetParametersByPathAnswer : WireAnswer
{
    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>Deletes parameters.</summary>
/// <param name="Names">The names.</param>
internal sealed record DeleteParametersRequest(IReadOnlyList<string> Names);

/// <summary>What was deleted.</summary>
internal sealed record DeleteParametersAnswer : WireAnswer
{
    /// <summary>The deleted parameters.</summary>
    public IReadOnlyList<string> DeletedParameters { get => field ?? []; init; }
}
