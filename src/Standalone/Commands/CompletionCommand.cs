using System.CommandLine;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>completion SHELL</c>: prints the script that lets a shell complete commands, options and symbols.</summary>
internal static class CompletionCommand
{
    // Each passes the line behind the program's name and the cursor's place in it to [suggest], which prints one candidate a line.
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # Put this into ~/.bashrc: source <(./run completion bash)
            _coinsphere_run() {
                local program=${COMP_WORDS[0]} line=${COMP_LINE#* } word=${COMP_WORDS[COMP_CWORD]}
                local position=$((COMP_POINT - (${#COMP_LINE} - ${#line})))
                mapfile -t COMPREPLY < <(compgen -W "$("$program" "[suggest:$position]" "$line" 2>/dev/null)" -- "$word")
            }
            complete -o default -F _coinsphere_run run ./run
            """,
        ["zsh"] = """
            # Put this into ~/.zshrc, after compinit: source <(./run completion zsh)
            _coinsphere_run() {
                local line=${BUFFER#* }
                local position=$((CURSOR - (${#BUFFER} - ${#line})))
                local -a candidates=(${(f)"$(${words[1]} "[suggest:$position]" "$line" 2>/dev/null)"})
                compadd -a candidates || _files
            }
            compdef _coinsphere_run run ./run
            """,
        ["fish"] = """
            # Put this into ~/.config/fish/config.fish: ./run completion fish | source
            function __coinsphere_run
                set -l words (commandline -opc) (commandline -ct)
                set -l line (string join ' ' -- $words[2..])
                $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c run -a '(__coinsphere_run)'
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", Scripts.Keys) };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Print the script that lets a shell complete commands, options and symbols") { shell };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(Scripts[parsed.GetRequiredValue(shell)]));
        return command;
    }
}
