namespace Tenfold.Aws.Stacks;

/// <summary>The template of the stack, <c>infra/aws.yaml</c>, as this program contains it.</summary>
public static class StackTemplate
{
    /// <summary>The version of the template, which its output <c>TemplateVersion</c> names.</summary>
    public const int Version = 2;

    /// <summary>The template.</summary>
    public static string Read()
    {
        using var stream = typeof(StackTemplate).Assembly.GetManifestResourceStream("aws.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
