namespace Tenfold.Aws.Stacks;

/// <summary>The templates of <c>infra/</c>, as this program contains them.</summary>
public static class StackTemplate
{
    /// <summary>The version of <c>aws.yaml</c>, which its output <c>TemplateVersion</c> names.</summary>
    public const int Version = 3;

    /// <summary>The template of what runs need, <c>aws.yaml</c>.</summary>
    public static string Read() => Read("aws.yaml");

    /// <summary>The template of what serving needs, <c>aws-serving.yaml</c>.</summary>
    public static string ReadServing() => Read("aws-serving.yaml");

    private static string Read(string name)
    {
        using var stream = typeof(StackTemplate).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
