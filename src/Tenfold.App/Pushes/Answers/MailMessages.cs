using Tenfold.Core.Output;
using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes.Answers;

/// <summary>Announces pushes by e-mail: a mail when the runs begin, and an answer to it when they have ended.</summary>
public static class MailMessages
{
    private const int MaxSubject = 150;

    /// <summary>The mails that should have been sent of a project by now, in order: a name for each, and the mail.</summary>
    /// <param name="push">The push.</param>
    /// <param name="project">The project.</param>
    /// <param name="to">The address.</param>
    public static IEnumerable<(string Key, Mail Mail)> Of(PushRecord push, PushProject project, string to)
    {
        var place = $"{push.Repository} {push.Ref}{(project.Folder.Length == 0 ? "" : $" ({project.Folder})")}";
        var work = project.Group ?? project.Study;
        if (work is not null)
        {
            yield return ($"mail-start {project.Folder}", new Mail(
                to, Line($"{place}: {work} begins"), Text(push, $"The runs of {work} begin.{Notice(project)}", work),
                IdOf(push, project, "start")));
        }

        if (project.Outcome is not { } outcome) yield break;
        var how = outcome == PushOutcome.Success ? "passed" : outcome == PushOutcome.Failure ? "failed"
            : work is null ? "could not run" : "could not be judged";
        yield return ($"mail-end {project.Folder}", new Mail(
            to, Line($"{place} {how}: {project.Detail}"), Text(push, $"{how}: {project.Detail}{Notice(project)}", work),
            IdOf(push, project, "end"))
        {
            Answers = work is null ? null : IdOf(push, project, "start"),
        });
    }

    private static string Notice(PushProject project) => project.Notice is { } notice ? $"\n\n{notice}" : "";

    private static string Text(PushRecord push, string what, string? work) =>
        $"{PlainText.Of(what)}\n\nrepository  {push.Repository}\nplace       {push.Ref}\ncommit      {push.Commit}\n"
        + (work is null ? "" : $"\n    tenfold show {work}\n");

    // A header ends with its line.
    private static string Line(string text)
    {
        var line = new string([.. PlainText.Of(text).Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]);
        return line.Length <= MaxSubject ? line : $"{line[..(MaxSubject - 1)]}…";
    }

    private static string IdOf(PushRecord push, PushProject project, string what)
    {
        var folder = project.Folder.Length == 0 ? "" : $".{Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(project.Folder))}";
        return $"{push.Id}{folder}.{what}@tenfold.invalid";
    }
}
