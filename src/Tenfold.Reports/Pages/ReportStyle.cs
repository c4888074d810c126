using System.Reflection;

namespace Tenfold.Reports.Pages;

/// <summary>The style sheet of all reports: <c>report.css</c>.</summary>
/// <remarks>
/// The colours are Okabe and Ito's palette for colour-blind readers, darkened for light pages and lightened for dark pages until each has a
/// contrast of at least 3 to 1. The sheet is embedded in an XML file, so it contains none of the characters that XML escapes.
/// </remarks>
public static class ReportStyle
{
    /// <summary>The style rules.</summary>
    public static string Sheet { get; } = Read("report.css");

    /// <summary>Reads a style sheet that is embedded in this assembly.</summary>
    internal static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
