namespace Tenfold.Aws.Double.Ec2;

/// <summary>The files and variables of an instance.</summary>
internal static class InstanceDisk
{
    // The programs by which an instance ends itself, found first on its PATH. A real machine has systemd's.
    private static readonly Dictionary<string, string> Programs = new()
    {
        ["shutdown"] = """
            case " $* " in *" -H "*|*" --halt "*) exit 0 ;; *" -r "*) exit 0 ;; *" -c "*) exit 0 ;; esac
            exec curl -s -o /dev/null -X PUT "$TENFOLD_DOUBLE_POWER/poweroff"
            """,
        ["poweroff"] = """exec curl -s -o /dev/null -X PUT "$TENFOLD_DOUBLE_POWER/poweroff" """,
        // The processor halts, and the instance is paid on.
        ["halt"] = "exit 0",
        ["systemctl"] = """
            case "$1" in
                poweroff) exec curl -s -o /dev/null -X PUT "$TENFOLD_DOUBLE_POWER/poweroff" ;;
                stop)
                    shift
                    for unit in "$@"; do kill "$(cat "$TENFOLD_DOUBLE_UNITS/${unit%.timer}" 2>/dev/null)" 2>/dev/null; done
                    ;;
            esac
            exit 0
            """,
        ["systemd-run"] = """
            unit=run-$$ after=0
            while [ $# -gt 0 ]; do
                case "$1" in
                    --unit=*) unit=${1#*=} ;;
                    --on-active=*) after=${1#*=}; after=${after%s} ;;
                    --*) ;;
                    *) break ;;
                esac
                shift
            done
            setsid sh -c 'echo $$ >"$1"; sleep "$2"; shift 2; exec "$@"' timer "$TENFOLD_DOUBLE_UNITS/$unit" "$after" "$@" \
                </dev/null >/dev/null 2>&1 &
            """,
    };

    /// <summary>Writes the files of an instance, and returns the command of its first process.</summary>
    public static string[] Prepare(Ec2Instance instance, string? script)
    {
        var folder = instance.Folder!;
        foreach (var name in (string[])["bin", "units", "home", "tmp", "work"]) Directory.CreateDirectory($"{folder}/{name}");
        foreach (var (name, body) in Programs) Write($"{folder}/bin/{name}", $"#!/bin/sh\n{body}\n");
        if (script is not null) Write($"{folder}/user-data", script);
        // The instance stays when the script has ended.
        var run = script is null ? ":" : "cd work && ../user-data; echo \"user data ended with exit code $?\"; cd ..";
        return ["/bin/sh", "-c", $"trap 'exit 0' TERM; {run}; while :; do sleep 1000 & wait; done"];
    }

    public static Dictionary<string, string> Environment(Account account, Ec2Instance instance)
    {
        var folder = instance.Folder!;
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{folder}/bin:{Batch.JobEnvironment.Path}",
            ["HOME"] = $"{folder}/home",
            ["TMPDIR"] = $"{folder}/tmp",
            ["HOSTNAME"] = "ip-10-0-0-7",
            ["AWS_ENDPOINT_URL"] = account.Endpoint,
            // Debian's botocore needs the slash at the end.
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = instance.Imds!.Endpoint + "/",
            ["TENFOLD_DOUBLE_POWER"] = $"{instance.Imds.Endpoint}/power",
            ["TENFOLD_DOUBLE_UNITS"] = $"{folder}/units",
        };
        foreach (var (name, value) in account.Options.MachineEnvironment) environment[name] = value.Replace("{machine}", folder);
        return environment;
    }

    private static void Write(string file, string text)
    {
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
