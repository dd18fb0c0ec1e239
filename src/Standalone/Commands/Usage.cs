using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Hosting.Configuration;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>
/// Says in one line each what is wrong with a command line. A text that starts like an option and is none is never taken for a symbol or a file: the
/// nearest option is named instead.
/// </summary>
internal static partial class Usage
{
    /// <summary>The program's name for its users.</summary>
    public const string Program = "./run";

    /// <summary>The exit code of a wrong command line.</summary>
    public const int Wrong = 2;

    /// <summary>What is wrong; empty where nothing is.</summary>
    public static IReadOnlyList<string> Faults(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        // After -- everything is a value.
        var values = arguments.SkipWhile(argument => argument != "--").Skip(1).ToArray();
        var unknown = parsed.UnmatchedTokens
            .Concat(parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value))
            .Except(values)
            .ToArray();
        if (unknown.Where(IsOption).Select(option => OptionFault(option.Split('=', 2)[0], command)).ToArray() is { Length: > 0 } options)
        {
            return options;
        }

        if (parsed.RootCommandResult is var root && root != parsed.CommandResult
            && root.Children.OfType<OptionResult>().FirstOrDefault(option => !option.Implicit) is { } early)
        {
            return [$"{early.Option.Name} is an option of serving: expected the options of {command.Name} behind its name"];
        }

        if (parsed.UnmatchedTokens.Except(values).FirstOrDefault() is { } word)
        {
            return [WordFault(word, command)];
        }

        return [.. parsed.Errors.Select(error => Sentence(error.Message, command)).Distinct(StringComparer.Ordinal)];
    }

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]);

    private static string OptionFault(string option, Command command)
    {
        var names = command.Options.Where(known => !known.Hidden).SelectMany(known => known.Aliases.Prepend(known.Name));
        var nearest = NearestWord.Of(option.TrimStart('-'), names.Where(name => name.StartsWith("--", StringComparison.Ordinal)).Select(name => name[2..]));
        return $"{option} is not an option{(command is RootCommand ? "" : $" of {command.Name}")}: " + (nearest is null
            ? $"'{CommandLineOf(command)} --help' lists them"
            : $"did you mean --{nearest}?");
    }

    private static string WordFault(string word, Command command)
    {
        if (command.Subcommands.Count == 0)
        {
            return $"'{word}' is one too many: '{CommandLineOf(command)} --help' shows what is expected";
        }

        var names = command.Subcommands.Select(sub => sub.Name).ToArray();
        return $"'{word}' is not a command: " + (NearestWord.Of(word, names) is { } nearest
            ? $"did you mean {nearest}?"
            : $"expected {string.Join(", ", names)}{(command is RootCommand ? ", or nothing, to serve" : "")}");
    }

    // The library's sentences name types of .NET.
    private static string Sentence(string message, Command command)
    {
        if (WrongValue().Match(message) is { Success: true } wrong)
        {
            return $"{wrong.Groups["name"].Value} is '{wrong.Groups["value"].Value}': expected {Conversion.ExpectedOf(wrong.Groups["type"].Value)}";
        }

        return command.Subcommands.Count > 0 && command.Action is null
            ? $"{command.Name} expects one of {string.Join(", ", command.Subcommands.Select(sub => sub.Name))} behind it"
            : Incomplete().IsMatch(message) ? $"{message.TrimEnd('.')}: '{CommandLineOf(command)} --help' shows what is expected"
            : message;
    }

    /// <summary>How the command is called.</summary>
    public static string CommandLineOf(Command command) =>
        command is RootCommand ? Program : $"{CommandLineOf(command.Parents.OfType<Command>().First())} {command.Name}";

    // The library's sentences about something that is missing.
    [GeneratedRegex("^(Required|Option '|Option --)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Incomplete();

    [GeneratedRegex(
        @"^Cannot parse argument '(?<value>.*)' for (option|argument|command) '(?<name>.*)' as expected type '(System\.Nullable`1\[)?(?<type>[^'\]]*)\]?'\.$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex WrongValue();
}
