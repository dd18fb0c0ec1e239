using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting;

/// <summary>Validation by attributes whose messages carry the key and the value that is wrong.</summary>
public static class AnnotatedOptions
{
    /// <summary>Checks the attributes of the options' properties at the start of the host.</summary>
    public static OptionsBuilder<T> ValidateAnnotations<T>(this OptionsBuilder<T> builder, string section) where T : class
    {
        builder.Services.AddSingleton<IValidateOptions<T>>(new Validator<T>(section));
        return builder.ValidateOnStart();
    }

    private sealed class Validator<T>(string section) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var wrong = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(wrong.SelectMany(result => result.MemberNames, (result, member) => Message(options, member, result.ErrorMessage)));
        }

        private string Message(T options, string member, string? error) => string.Create(
            CultureInfo.InvariantCulture, $"{section}:{member} is '{typeof(T).GetProperty(member)!.GetValue(options)}': {error}");
    }
}
