namespace Coinsphere.Messaging.Standalone.Tests.Commands;

public sealed class CompletionCommandTests
{
    [Theory]
    [InlineData("./run tr", "train")]
    [InlineData("./run train --epo", "--epochs")]
    [InlineData("./run predict BT", "BTC")]
    [InlineData("./run predict BTC --timeframe 1", "14d")]
    [InlineData("./run parked ret", "retry")]
    [InlineData("./run completion fi", "fish")]
    public async Task Bash_CompletesCommandsOptionsAndSymbols(string line, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("completion-");
        try
        {
            // The script calls what the user has typed, so here a ./run that needs no build.
            var run = Path.Combine(folder.FullName, "run");
            await File.WriteAllTextAsync(
                run, $"#!/usr/bin/env bash\nexec dotnet '{CommandLine.PathOf("Standalone")}' \"$@\"\n", TestContext.Current.CancellationToken);

            var words = line.Split(' ');
            var script = $$"""
                chmod +x run
                source <(./run completion bash)
                COMP_WORDS=({{line}}) COMP_CWORD={{words.Length - 1}} COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
                _coinsphere_run
                printf '%s\n' "${COMPREPLY[@]}"
                """;
            var completed = await CommandLine.RunAsync("bash", ["-c", script], folder: folder.FullName);

            Assert.Equal((0, ""), (completed.Code, completed.Errors));
            Assert.Contains(expected, completed.Output.Split('\n'));
            Assert.All(
                completed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries),
                candidate => Assert.StartsWith(words[^1], candidate, StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("zsh", "compdef _coinsphere_run run ./run")]
    [InlineData("fish", "complete -c run")]
    public async Task OtherShells_HaveTheirScripts(string shell, string expected)
    {
        var run = await CommandProcess.RunAsync("completion", shell);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }
}
